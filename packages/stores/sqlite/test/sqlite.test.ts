import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { manualClock } from "@devflow/conformance";
import type { Claim, Logger, QueueOptions, Store } from "@devflow/gateway/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqliteStore, type SqliteStoreOptions } from "../src/index.ts";

const options: QueueOptions = {
  dedupeTtlMs: 1_000,
  maxAttempts: 3,
  maxCrashes: 3,
  maxDepth: 100_000,
  maxLaneDepth: 100_000,
  maxPayloadBytes: 10_000_000,
  onRetry: "block",
  onDead: "continue",
};

let folder = "";
let file = "";
let stores: Store[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "devflow-sqlite-"));
  file = join(folder, "deep", "er", "gateway.db");
});

afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
  await rm(folder, { recursive: true });
});

function make(more: Partial<SqliteStoreOptions> = {}): Store {
  const store = sqliteStore({ file, ...more });
  stores.push(store);
  return store;
}

/** What lies in the database of a closed store. */
function query(sql: string): unknown[] {
  const database = new DatabaseSync(file);
  const rows = database.prepare(sql).all();
  database.close();
  return rows;
}

const job = (id: string, payload = "p") => ({ key: "k", id, payload });

describe("opening", () => {
  it("touches nothing before the first call", async () => {
    const store = make();
    store.queue("inbox", options);
    await new Promise((resolve) => void setImmediate(resolve));
    expect(existsSync(join(folder, "deep"))).toBe(false);
    await store.migrate();
    expect(existsSync(file)).toBe(true);
  });

  it("opens by itself when migrate was forgotten", async () => {
    expect(
      await make()
        .queue("inbox", options)
        .enqueue([job("a")]),
    ).toEqual(["inserted"]);
  });

  it("creates its tables beside those of others", async () => {
    file = join(folder, "shared.db");
    const other = new DatabaseSync(file);
    other.exec("CREATE TABLE mine (a); INSERT INTO mine VALUES (42)");
    other.close();
    await make().migrate();
    await stores[0]?.close();
    expect(query("SELECT a FROM mine")).toEqual([{ a: 42 }]);
    const names = query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") as { readonly name: string }[];
    expect(names.map(({ name }) => name)).toEqual([
      "devflow_bucket",
      "devflow_dead",
      "devflow_id",
      "devflow_job",
      "devflow_kv",
      "devflow_lane",
      "devflow_lease",
      "devflow_meta",
      "devflow_queue",
      "devflow_scheduled",
      "mine",
    ]);
  });

  it("leaves a file alone that is no database", async () => {
    file = join(folder, "letter.txt");
    const text = "Dear database, ".repeat(1_000);
    await writeFile(file, text);
    await expect(make().migrate()).rejects.toMatchObject({ code: "store.corrupt" });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("names the file and what to do when it cannot be opened, and tries again later", async () => {
    await writeFile(join(folder, "deep"), "in the way");
    const store = make();
    await expect(store.migrate()).rejects.toMatchObject({ code: "store.unavailable", message: expect.stringContaining(file) });
    await expect(store.queue("inbox", options).enqueue([job("a")])).rejects.toMatchObject({ code: "store.unavailable" });
    expect((await store.health()).ok).toBe(false);
    await rm(join(folder, "deep"));
    expect(await store.queue("inbox", options).enqueue([job("a")])).toEqual(["inserted"]);
  });

  it("is closed for everybody who closes it while it opens, and for nobody before it is", async () => {
    const store = make();
    const last = store.queue("inbox", options).enqueue([job("a")]);
    await Promise.all([store.close(), store.close()]);
    expect(await last).toEqual(["inserted"]);
    const other = make();
    await other.migrate();
    void other.close();
    await other.close();
    await make().migrate();
  });

  it("refuses a second store in the same process too, until the first is closed", async () => {
    const first = make();
    await first.migrate();
    const second = make();
    await expect(second.migrate()).rejects.toMatchObject({ code: "store.busy", retryable: true });
    expect(await second.health()).toMatchObject({ ok: false, detail: expect.stringContaining("another process") });
    await first.close();
    await second.migrate();
    expect((await second.health()).ok).toBe(true);
  });

  it("warns when NORMAL was asked for, and does not promise more", async () => {
    const warnings: string[] = [];
    const silent = (): void => {};
    const log: Logger = { debug: silent, info: silent, warn: (_, message) => void warnings.push(message), error: silent };
    const store = make({ synchronous: "NORMAL", log });
    await store.migrate();
    expect(store.caps.durable).toBe("process");
    expect(warnings).toEqual([expect.stringContaining("power cut")]);
    expect(make().caps.durable).toBe("power");
  });

  it("frees at once what a dead process held: its claims and its leases", async () => {
    const hour = 3_600_000;
    const store = make();
    const inbox = store.queue("inbox", options);
    await inbox.enqueue([job("a")]);
    await inbox.claim({ limit: 1, leaseMs: hour, worker: "w" });
    await store.leases.acquire("line", { holder: "h", ttlMs: hour });
    await store.close();

    const same = make();
    expect(await same.queue("inbox", options).claim({ limit: 1, leaseMs: hour, worker: "w" })).toEqual([]);
    await same.close();

    const database = new DatabaseSync(file);
    database.exec("UPDATE devflow_meta SET value = 'somebody else' WHERE name = 'owner'");
    database.close();
    const heir = make();
    const [claim] = await heir.queue("inbox", options).claim({ limit: 1, leaseMs: hour, worker: "w" });
    expect(claim).toMatchObject({ id: "a", attempts: 2, crashes: 1 });
    expect(await heir.leases.acquire("line", { holder: "h", ttlMs: hour })).toBeDefined();
  });
});

describe("limits", () => {
  it("keeps to maxBytes, fails only the calls that do not fit, and goes on when there is room again", async () => {
    const store = make({ maxBytes: 1_000_000 });
    const inbox = store.queue("inbox", options);
    await store.migrate();
    const results = await Promise.allSettled([
      inbox.enqueue([job("small")]),
      inbox.enqueue([job("huge", "x".repeat(2_000_000))]),
      store.kv.set("value", new Uint8Array(10)),
      inbox.enqueue([job("small too")]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: { code: "store.full", retryable: true } });
    expect(await inbox.stats()).toMatchObject({ ready: 2, lanes: 1 });
    const bucket = { key: "b", rate: 1, periodMs: 60_000, burst: 2 };
    await Promise.allSettled([store.limiter.take([bucket]), inbox.enqueue([job("huge", "x".repeat(2_000_000))])]);
    expect(await store.limiter.take([bucket])).toMatchObject({ ok: true });
    expect(await store.limiter.take([bucket])).toMatchObject({ ok: false });

    for (let i = 0; i < 5; i += 1) {
      await inbox.enqueue([job(`big${i}`, "x".repeat(500_000))]).catch(() => {});
      for (const claim of await inbox.claim({ limit: 10, leaseMs: 1_000, worker: "w" })) await inbox.ack(claim);
    }
    expect((await inbox.stats()).ready).toBeLessThan(3);
    expect(await inbox.enqueue([job("huge")])).toEqual(["inserted"]);
  });

  it("rejects calls that wait too long, and those beyond maxPending", async () => {
    let now = 1_000;
    const timers: (() => void)[] = [];
    const clock = { now: () => now, after: (_: number, run: () => void) => (timers.push(run), () => {}) };
    const store = make({ clock, opTimeoutMs: 2_000, maxPending: 3 });
    await store.migrate();
    const { kv } = store;
    const calls = [kv.get("a"), kv.get("b"), kv.get("c"), kv.get("d")];
    await expect(calls[3]).rejects.toMatchObject({ code: "store.unavailable", message: expect.stringContaining("3 calls") });
    now += 1_999;
    timers.splice(0).forEach((run) => run());
    now += 1;
    timers.splice(0).forEach((run) => run());
    const answers = await Promise.allSettled(calls.slice(0, 3));
    for (const answer of answers) expect(answer).toMatchObject({ reason: { code: "store.unavailable", retryable: true } });
    const answer = (): Promise<unknown> => kv.get("a").catch(() => "refused");
    await expect.poll(answer).toBeUndefined();
  });

  it("forgets ids, lanes, values and buckets that nobody can ask for any more", async () => {
    const clock = manualClock();
    const store = make({ clock });
    const inbox = store.queue("inbox", options);
    for (let round = 0; round < 8; round += 1) {
      const jobs = Array.from({ length: 1_000 }, (_, i) => ({ key: `k${round}-${i}`, id: `${round}-${i}`, payload: "p" }));
      await inbox.enqueue(jobs);
      const claims = await inbox.claim({ limit: 1_000, leaseMs: 1_000, worker: "w" });
      await Promise.all(claims.map((claim) => inbox.ack(claim)));
      await store.kv.set(`v${round}`, new Uint8Array(1), { ttlMs: 1_000 });
      await store.limiter.take([{ key: `b${round}`, rate: 1, periodMs: 1_000, burst: 1 }]);
      await clock.advance(700_000);
    }
    await store.close();
    const [found] = query(
      `SELECT (SELECT count(*) FROM devflow_id) AS ids, (SELECT count(*) FROM devflow_lane) AS lanes,
              (SELECT count(*) FROM devflow_kv) AS kv, (SELECT count(*) FROM devflow_bucket) AS buckets`,
    ) as { readonly ids: number; readonly lanes: number; readonly kv: number; readonly buckets: number }[];
    expect(found?.ids).toBeLessThan(3_000);
    expect(found?.lanes).toBeLessThan(3_000);
    expect(found?.kv).toBe(1);
    expect(found?.buckets).toBe(1);
  });
});

describe("the worker", () => {
  it("is started again when it has died", async () => {
    const started: Worker[] = [];
    const watch = (worker: Worker): void => void started.push(worker);
    process.on("worker", watch);
    const store = make();
    const inbox = store.queue("inbox", options);
    await inbox.enqueue([job("a"), { ...job("other"), key: "other" }]);
    const [before] = await inbox.claim({ limit: 1, leaseMs: 60_000, worker: "w" });
    const pending = store.kv.get("x");
    await started[0]?.terminate();
    await expect(pending).rejects.toMatchObject({ code: "store.unavailable", retryable: true });
    const [after] = await inbox.claim({ limit: 1, leaseMs: 60_000, worker: "w" });
    expect(after?.fence).toBeGreaterThan(before?.fence ?? Infinity);
    expect(await inbox.enqueue([job("a"), job("b")])).toEqual(["duplicate", "inserted"]);
    expect(started.length).toBe(2);
    expect(await inbox.ack(before as Claim)).toBe("ok");
    process.off("worker", watch);
  });

  it("does not keep a process alive that has nothing left to do", async () => {
    const leaver = fork(new URL("child.ts", import.meta.url), ["leaver", file], { execArgv: ["--conditions=development"] });
    const [exitCode] = (await once(leaver, "exit")) as [number];
    expect(exitCode).toBe(0);
    expect(
      await make()
        .queue("inbox", options)
        .enqueue([job("left")]),
    ).toEqual(["duplicate"]);
  });

  it("commits the calls of a tick together", async () => {
    const store = make();
    const inbox = store.queue("inbox", options);
    await store.migrate();
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => inbox.enqueue([job(`j${i}`)])));
    // Each commit writes its pages to the log again: a thousand of them would make it 20 MB.
    expect((await stat(`${file}-wal`)).size).toBeLessThan(2_000_000);
  });
});

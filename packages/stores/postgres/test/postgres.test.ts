import { fork } from "node:child_process";
import { once } from "node:events";
import { faultProxy } from "@devflow/conformance";
import { startPostgres } from "@devflow/conformance/engines";
import type { QueueOptions, Store } from "@devflow/gateway/contract";
import { Client, Pool } from "pg";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { postgresStore, type PostgresStoreOptions } from "../src/index.ts";
import { missing, server, sql } from "./server.ts";

const options: QueueOptions = {
  dedupeTtlMs: 60_000,
  maxAttempts: 3,
  maxCrashes: 3,
  maxDepth: 1_000_000,
  maxLaneDepth: 1_000_000,
  maxPayloadBytes: 10_000_000,
  onRetry: "block",
  onDead: "continue",
};

const url = missing === undefined ? (await server()).url() : "";
let stores: Store[] = [];
let schemas = 0;
const fresh = (): string => `s${(schemas += 1)}`;

function make(more: Partial<PostgresStoreOptions> = {}): Store {
  const store = postgresStore({ ...(more.pool === undefined && { url }), ...more });
  stores.push(store);
  return store;
}

afterAll(async () => {
  if (missing === undefined) await (await server()).remove();
}, 120_000);

afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
});

const job = (id: string, key = "k", payload = "p") => ({ key, id, payload });
const claim = (store: Store, limit = 1) => store.queue("inbox", options).claim({ limit, leaseMs: 60_000, worker: "w" });
const listeners = (schema: string) =>
  sql(url, `SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN "devflow:${schema}"' AND state = 'idle'`);
const until = async (condition: () => boolean): Promise<void> => expect.poll(condition, { timeout: 20_000 }).toBe(true);

describe.skipIf(missing !== undefined)(`postgresStore${missing === undefined ? "" : ` (${missing})`}`, () => {
  it("connects to nobody before the first call, and opens by itself when migrate was forgotten", async () => {
    const proxy = await faultProxy((await server()).port);
    const schema = fresh();
    const store = make({ url: (await server()).url(proxy.port), schema });
    const inbox = store.queue("inbox", options);
    expect(store.caps.durable).toBe("process");
    expect(proxy.connections).toBe(0);
    expect(await inbox.enqueue([job("a")])).toEqual(["inserted"]);
    expect(store.caps.durable).toBe("power");
    await store.close();
    await proxy.close();
  });

  it("is created once by ten processes that start together", { timeout: 180_000 }, async () => {
    const schema = fresh();
    const children = Array.from({ length: 10 }, () =>
      fork(new URL("child.ts", import.meta.url), [url, schema, "migrate"], { execArgv: ["--conditions=development"] }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number));
    expect(codes).toEqual(codes.map(() => 0));
    expect(await sql(url, `SELECT value FROM ${schema}.meta WHERE name = 'layout'`)).toEqual([["1"]]);
  });

  it(
    "gives no claim without a job and leaves no lane held, whatever happens to a lane meanwhile (U-5)",
    { timeout: 180_000 },
    async () => {
      const schema = fresh();
      const [giver, taker] = [make({ schema }), make({ schema })];
      const inbox = giver.queue("inbox", options);
      const rounds = 250 * Number(process.env["DEVFLOW_VOLUME"] ?? 1);
      let done = 0;
      const give = async (lane: number): Promise<void> => {
        for (let i = 0; i < rounds; i += 1) {
          const id = `${lane}-${i}`;
          await inbox.enqueue([job(id, `k${lane % 2}`)]);
          // From one job to none and back, beside those who claim.
          if (i % 3 === 0 && (await inbox.cancel(id))) done += 1;
        }
      };
      const take = async (store: Store): Promise<void> => {
        const queue = store.queue("inbox", options);
        while (done < rounds * 4) {
          const claims = await claim(store, 3);
          for (const each of claims) {
            expect(each.id).toMatch(/^\d-\d+$/);
            expect(await queue.ack(each)).toBe("ok");
            done += 1;
          }
        }
      };
      await Promise.all([give(0), give(1), give(2), give(3), take(giver), take(taker)]);
      expect(await inbox.stats()).toMatchObject({ ready: 0, leased: 0, delayed: 0, lanes: 0 });
      expect(await sql(url, `SELECT count(*) FROM ${schema}.lane WHERE held OR depth <> 0`)).toEqual([["0"]]);
      expect(await sql(url, `SELECT count(*) FROM ${schema}.job`)).toEqual([["0"]]);
    },
  );

  it("makes no two calls wait for each other, in whatever order they name lanes and ids", { timeout: 60_000 }, async () => {
    const schema = fresh();
    const [a, b] = [make({ schema }), make({ schema })];
    const names = ["one", "two"] as const;
    for (const store of [a, b]) for (const name of names) store.queue(name, options);
    const load = async (store: Store, run: string): Promise<void> => {
      for (let i = 0; i < 40; i += 1) {
        const name = names[i % 2] ?? "one";
        const keys = Array.from({ length: 20 }, (_, k) => `k${(k * 7 + i) % 20}`);
        const other = names[(i + 1) % 2] ?? "two";
        await store.queue(name, options).enqueue(keys.map((key, k) => job(`${i % 5}-${k}-${run}`.slice(0, 6), key)));
        const claims = await store.queue(name, options).claim({ limit: 20, leaseMs: 60_000, worker: run });
        await Promise.all(
          claims.map((each) =>
            store.queue(name, options).ack(each, {
              then: keys.slice(0, 3).map((key, k) => ({ queue: other, ...job(`${run}-${i}-${each.id}-${k}`, key) })),
            }),
          ),
        );
      }
    };
    await Promise.all([load(a, "a"), load(b, "b")]);
    expect(await sql(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'")).toEqual([["0"]]);
  });

  it("wakes those who wait in another process at once, or within pollMs without notifications", async () => {
    const schema = fresh();
    const [here, there] = [make({ schema }), make({ schema, pollMs: 60_000 })];
    await Promise.all([here.migrate(), there.migrate()]);
    // It hears once its own connection listens.
    await expect.poll(() => listeners(schema)).toHaveLength(2);
    const stop = new AbortController();
    let heard = false;
    const waiting = there.queue("inbox", options).wait(stop.signal, 60_000);
    void waiting.then(() => (heard = true));
    await there.queue("inbox", options).stats();
    expect(heard).toBe(false);
    await here.queue("inbox", options).enqueue([job("a")]);
    await until(() => heard);

    const quiet = make({ schema: fresh(), notify: false, pollMs: 50 });
    expect(quiet.caps.push).toBe(false);
    const polling = quiet.queue("inbox", options).wait(stop.signal, 60_000);
    const other = make({ schema: `s${schemas}`, notify: false });
    await other.queue("inbox", options).enqueue([job("a")]);
    await polling;
  });

  it("listens again after its connection was lost", { timeout: 30_000 }, async () => {
    const schema = fresh();
    const store = make({ schema });
    await store.migrate();
    await expect.poll(() => listeners(schema)).toHaveLength(1);
    const [[first] = []] = await listeners(schema);
    await sql(url, "SELECT pg_terminate_backend($1)", [first]);
    await expect.poll(async () => (await listeners(schema)).filter(([pid]) => pid !== first)).toHaveLength(1);
  });

  it("takes a pool of its user's, and leaves it open", async () => {
    const pool = new Pool({ connectionString: url, max: 3 });
    const schema = fresh();
    const store = make({ pool, schema });
    const inbox = store.queue("inbox", options);
    expect(await inbox.enqueue([job("a"), job("b")])).toEqual(["inserted", "inserted"]);
    const claims = await claim(store);
    expect(await Promise.all(claims.map((each) => inbox.ack(each)))).toEqual(["ok"]);
    await store.close();
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});

describe.skipIf(missing !== undefined)("trouble", () => {
  it("says what is wrong and never the password", async () => {
    const store = make({ url: `postgres://nobody:hunter2hunter2@127.0.0.1:${(await server()).port}/postgres` });
    const error: unknown = await store.migrate().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "store.unavailable",
      retryable: true,
      message: expect.stringContaining("postgres store: "),
    });
    expect(JSON.stringify([String(error), (await store.health()).detail])).not.toContain("hunter2");
    const nowhere = make({ url: "postgres://devflow@127.0.0.1:1/postgres" });
    await expect(nowhere.migrate()).rejects.toMatchObject({ code: "store.unavailable" });
  });

  it("needs no right to create schemas where its own is there already", async () => {
    const schema = fresh();
    await sql(url, `CREATE ROLE modest LOGIN; CREATE SCHEMA ${schema} AUTHORIZATION modest`);
    const store = make({ url: url.replace("devflow@", "modest@"), schema });
    expect(await store.queue("inbox", options).enqueue([job("a")])).toEqual(["inserted"]);
  });

  it("takes a password as `pg` does, with a sign for per cent that stands for itself", () => {
    expect(() => make({ url: "postgres://devflow:100%sure@127.0.0.1:1/postgres" })).not.toThrow();
  });

  it("tells slips where they are made", () => {
    const wrong = (value: unknown): PostgresStoreOptions => value as PostgresStoreOptions;
    expect(() => postgresStore(wrong({}))).toThrow(/`url` is missing/);
    expect(() => postgresStore(wrong(undefined))).toThrow(/`url` is missing/);
    expect(() => postgresStore({ url, pool: new Pool() })).toThrow(/Leave one of them out/);
    expect(() => postgresStore(wrong({ pool: {} }))).toThrow(/no pool/);
    expect(() => postgresStore({ url, schema: 'a"; DROP' })).toThrow(/`schema`/);
  });

  it("fails one call, and not those that travel with it", async () => {
    const store = make({ schema: fresh() });
    const inbox = store.queue("inbox", options);
    const tiny = store.queue("tiny", { ...options, maxDepth: 1 });
    await tiny.enqueue([job("full")]);
    await inbox.enqueue([job("a", "a"), job("b", "b")]);
    const claims = await claim(store, 2);
    const results = await Promise.allSettled(
      claims.map((each) => inbox.ack(each, { then: each.id === "a" ? [{ queue: "tiny", ...job("more") }] : [] })),
    );
    expect(results.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as { code: string }).code))).toEqual([
      "store.full",
      "ok",
    ]);
  });

  it("rejects calls beyond maxPending at once", async () => {
    const store = make({ schema: fresh(), maxPending: 3 });
    await store.migrate();
    const results = await Promise.allSettled(["a", "b", "c", "d"].map((key) => store.kv.get(key)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected"]);
    expect(results[3]).toMatchObject({ reason: { code: "store.unavailable", message: expect.stringContaining("3 calls") } });
  });

  it("waits for a server that is still starting", { timeout: 30_000 }, async () => {
    const engine = await startPostgres();
    const store = make({ url: engine.url() });
    await engine.stop();
    await expect(store.kv.get("a")).rejects.toMatchObject({ code: "store.unavailable" });
    await engine.start();
    expect(await store.kv.get("a")).toBeUndefined();
    await store.close();
    await engine.remove();
  });

  it("leaves nobody waiting at the server for a lock that somebody holds for long", { timeout: 60_000 }, async () => {
    const schema = fresh();
    const store = make({ schema });
    await store.queue("inbox", options).stats();
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query(`BEGIN; LOCK TABLE ${schema}.lane IN ACCESS EXCLUSIVE MODE`);
    await expect(claim(store)).rejects.toMatchObject({ code: "store.unavailable", retryable: true });
    // Given up here, a call that goes on there would take a connection each time, until the server has none left.
    const waiting = `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"${schema}".claim%'`;
    await expect.poll(() => sql(url, waiting)).toEqual([[0]]);
    await holder.query("ROLLBACK");
    await holder.end();
    expect(await claim(store)).toEqual([]);
  });

  it("closes in time when the server is away, whatever is under way", { timeout: 30_000 }, async () => {
    const proxy = await faultProxy((await server()).port);
    const store = make({ url: (await server()).url(proxy.port), schema: fresh() });
    await store.migrate();
    proxy.stall();
    const call = store.kv.get("a").catch((error: unknown) => error);
    const begun = performance.now();
    await store.close();
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await call).toMatchObject({ code: "store.unavailable" });
    await proxy.close();
  });

  it("forgets ids, lanes, values, buckets and leases that nobody can ask for any more", async () => {
    const schema = fresh();
    const store = make({ schema });
    const inbox = store.queue("inbox", { ...options, dedupeTtlMs: 1 });
    await inbox.enqueue(Array.from({ length: 500 }, (_, i) => job(`j${i}`, `k${i}`)));
    const claims = await claim(store, 400);
    await Promise.all(claims.map((each) => inbox.ack(each)));
    await store.kv.set("gone", new Uint8Array(1), { ttlMs: 1 });
    await store.kv.set("kept", new Uint8Array(1));
    await store.limiter.take([{ key: "idle", rate: 1_000, periodMs: 1, burst: 1 }]);
    await store.limiter.penalize("busy", (await store.now()) + 60_000);
    // As if all that was long ago.
    await sql(url, `UPDATE ${schema}.lane SET ready_at = ready_at - 1000000; UPDATE ${schema}.kv SET until = until - 10`);
    await sql(url, `UPDATE ${schema}.id SET until = until - 10`);
    await sql(url, `SELECT ${schema}.sweep(0)`);
    const counts = ["id", "lane", "kv", "bucket"].map((table) => `(SELECT count(*)::int FROM ${schema}.${table})`);
    expect(await sql(url, `SELECT ${counts.join(", ")}`)).toEqual([[100, 100, 1, 1]]);
    expect(await inbox.enqueue([job("j0", "k0"), job("j450", "k450")])).toEqual(["inserted", "duplicate"]);
  });
});

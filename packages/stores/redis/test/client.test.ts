import { redisMissing, startRedis, type Engine } from "@devflow/conformance/engines";
import { faultProxy } from "@devflow/conformance";
import type { Claim, Store } from "@devflow/gateway/contract";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { redisStore, type RedisStoreOptions } from "../src/index.ts";
import { claimOf, job, queueOptions } from "./support.ts";

const missing = redisMissing();

describe.skipIf(missing !== undefined)(`the way to the server${missing === undefined ? "" : ` (${missing})`}`, () => {
  let engine: Engine;
  let admin: Redis;
  let stores: Store[] = [];

  beforeAll(async () => {
    engine = await startRedis();
    admin = new Redis(engine.url());
  });
  afterAll(async () => {
    admin.disconnect();
    await engine.remove();
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    stores = [];
    await admin.config("SET", "maxmemory", "0");
    await admin.flushall();
  });

  function make(more: Partial<RedisStoreOptions> = {}): Store {
    const store = redisStore({ url: engine.url(), ...more });
    stores.push(store);
    return store;
  }

  it("is not taken before the first call", async () => {
    const before = await admin.client("LIST");
    const store = make();
    store.queue("inbox", queueOptions);
    await new Promise((resolve) => void setImmediate(resolve));
    expect(String(await admin.client("LIST")).split("\n")).toHaveLength(String(before).split("\n").length);
    expect(await store.queue("inbox", queueOptions).enqueue([job("a")])).toEqual(["inserted"]);
  });

  it("goes by the server's clock unless told otherwise", async () => {
    const store = make();
    const inbox = store.queue("inbox", queueOptions);
    const bucket = { key: "b", rate: 1, periodMs: 300, burst: 1 };
    const runAt = (await store.now()) + 300;
    expect(Math.abs(runAt - Date.now())).toBeLessThan(60_000);
    await inbox.enqueue([{ ...job("later"), runAt }]);
    await expect.poll(async () => (await inbox.claim(claimOf)).map(({ id }) => id)).toEqual(["later"]);
    expect(await store.now()).toBeGreaterThanOrEqual(runAt);
    expect(await store.limiter.take([bucket])).toMatchObject({ ok: true });
    await expect.poll(() => store.limiter.take([bucket])).toMatchObject({ ok: true });
    const lease = await store.leases.acquire("line", { holder: "h", ttlMs: 60_000 });
    expect(await store.leases.acquire("line", { holder: "h", ttlMs: 60_000 })).toBeUndefined();
    await lease?.release();
    expect(await store.leases.acquire("line", { holder: "h", ttlMs: 60_000 })).toBeDefined();
  });

  it("survives a server that forgets its scripts", async () => {
    const inbox = make().queue("inbox", queueOptions);
    await inbox.enqueue([job("a")]);
    await admin.script("FLUSH");
    expect(await inbox.enqueue([job("a"), job("b", "other")])).toEqual(["duplicate", "inserted"]);
    await admin.script("FLUSH");
    expect((await inbox.claim(claimOf)).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("takes the calls of a tick together, and each gets its own answer", async () => {
    const store = make();
    const inbox = store.queue("inbox", queueOptions);
    await store.migrate();
    const before = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1] ?? 0);
    const results = await Promise.all(
      Array.from({ length: 2_000 }, (_, i) => inbox.enqueue([job(`j${i % 1_500}`, `k${i % 50}`)])),
    );
    expect(results.flat().filter((result) => result === "inserted")).toHaveLength(1_500);
    expect(results.slice(1_500).flat()).toEqual(Array.from({ length: 500 }, () => "duplicate"));
    const after = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1] ?? 0);
    expect(after - before).toBeLessThanOrEqual(20);
    expect((await inbox.enqueue(Array.from({ length: 1_700 }, (_, i) => job(`many${i}`)))).length).toBe(1_700);
    expect((await inbox.peek("k", 5_000)).map(({ id }) => id)).toEqual(Array.from({ length: 1_700 }, (_, i) => `many${i}`));
  });

  it("ends what was begun when another call of the tick fails on keys that somebody has damaged", async () => {
    const inbox = make().queue("inbox", queueOptions);
    await inbox.enqueue([job("a"), job("b")]);
    const [claim] = await inbox.claim(claimOf);
    await admin.set("{devflow}:q:broken:jobs", "no hash");
    const broken = stores[0]?.queue("broken", queueOptions);
    const results = await Promise.allSettled([inbox.ack(claim as Claim), broken?.stats()]);
    for (const result of results)
      expect(result).toMatchObject({ reason: { code: "store.unavailable", message: expect.stringContaining("WRONGTYPE") } });
    expect((await inbox.claim(claimOf)).map(({ id }) => id)).toEqual(["b"]);
    expect(await inbox.enqueue([job("a")])).toEqual(["duplicate"]);
  });

  it("reliability 20: a full memory is passed on: nothing more goes in, what is there is done, and then there is room", async () => {
    const store = make();
    const inbox = store.queue("inbox", queueOptions);
    await inbox.enqueue([job("small")]);
    const used = Number(/used_memory:(\d+)/.exec(await admin.info("memory"))?.[1]);
    await inbox.enqueue([job("large", "other", "x".repeat(9_000_000))]);
    await admin.config("SET", "maxmemory", String(used + 5_000_000));
    await expect(inbox.enqueue([job("more")])).rejects.toMatchObject({ code: "store.full", retryable: true });
    await expect(store.kv.set("a", new Uint8Array(1))).rejects.toMatchObject({ code: "store.full" });
    expect(await store.limiter.take([{ key: "b", rate: 1, periodMs: 1_000, burst: 1 }])).toMatchObject({ ok: true });
    const claims = await inbox.claim(claimOf);
    expect(claims).toHaveLength(2);
    const then = [{ queue: "inbox", ...job("follows") }];
    await expect(inbox.ack(claims[0] as (typeof claims)[0], { then })).rejects.toMatchObject({ code: "store.full" });
    expect(await Promise.all(claims.map((claim) => inbox.ack(claim)))).toEqual(["ok", "ok"]);
    // What it sent and what it logs takes memory too, for a moment.
    await expect.poll(() => inbox.enqueue([job("more")]).catch(() => "full")).toEqual(["inserted"]);
  });

  it("says what went wrong when nobody is there, and takes no more than maxPending calls meanwhile", async () => {
    const port = new URL(engine.url()).port;
    const proxy = await faultProxy(Number(port));
    proxy.refuse();
    const store = make({ url: engine.url(proxy.port), opTimeoutMs: 600, maxPending: 2 });
    const calls = [store.kv.get("a"), store.kv.get("b"), store.kv.get("c")];
    await expect(calls[2]).rejects.toMatchObject({ code: "store.unavailable", message: expect.stringContaining("2 calls wait") });
    for (const call of calls.slice(0, 2)) {
      await expect(call).rejects.toMatchObject({ code: "store.unavailable", retryable: true });
    }
    proxy.heal();
    await expect.poll(() => store.kv.get("a").catch(() => "away")).toBeUndefined();
    await proxy.close();
  });

  it("rings the bells of other processes, and theirs alone", async () => {
    const [mine, theirs] = [make().queue("inbox", queueOptions), make().queue("inbox", queueOptions)];
    await Promise.all([mine.stats(), theirs.stats()]);
    await expect.poll(async () => String(await admin.pubsub("NUMSUB", "{devflow}:wake"))).toContain(",2");
    const begun = performance.now();
    const woken = theirs.wait(new AbortController().signal, 20_000);
    await theirs.stats();
    await mine.enqueue([job("a")]);
    await woken;
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe("redisStore", () => {
  it("asks a line that breaks, but does not know it yet, once in a turn of the event loop, so that it can learn of its end", async () => {
    let asked = 0;
    const line = {
      status: "ready",
      options: {},
      on: (event: string, run: () => void) => void (event === "ready" && setImmediate(run)),
      connect: () => Promise.resolve(),
      subscribe: () => Promise.resolve(),
      disconnect: () => {},
      // Without a turn between them there is no end to it but this one.
      info: () => ((asked += 1) < 1000 ? Promise.reject(new Error("Connection is closed.")) : new Promise(() => {})),
    };
    const client = { isCluster: false, options: {}, duplicate: () => line, on: () => {} };
    const store = redisStore({ client: client as unknown as Redis });
    void store.kv.get("a").catch(() => {});
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(20);
  });

  it.each([
    [{ url: "127.0.0.1:6379" }, "`url` is no address"],
    [{ url: "" }, "`url` is no address"],
    [{ url: "redis://h", client: new Redis({ lazyConnect: true }) }, "exclude each other"],
    [{ client: {} }, "no client of ioredis"],
    [{ name: "a{b}" }, "`name` takes"],
    [{ name: "" }, "`name` takes"],
    [{ durable: "always" }, "neither power, process nor none"],
  ])("says what is wrong with %o", (options, message) => {
    expect(() => redisStore(options as RedisStoreOptions)).toThrow(message);
  });
});

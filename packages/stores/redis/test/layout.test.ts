import { manualClock } from "@devflow/conformance";
import { freePort, redisMissing, startRedis, type Engine } from "@devflow/conformance/engines";
import type { Store } from "@devflow/gateway/contract";
import { Cluster, Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { redisStore, type RedisStoreOptions } from "../src/index.ts";
import { claimOf, job, queueOptions } from "./support.ts";

const missing = redisMissing();
const why = missing === undefined ? "" : ` (${missing})`;

let stores: Store[] = [];
afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
});

function make(options: RedisStoreOptions): Store {
  const store = redisStore(options);
  stores.push(store);
  return store;
}

/** Uses a store for everything it can do, so that every kind of key is there. */
async function useAll(store: Store): Promise<void> {
  const inbox = store.queue("inbox", { ...queueOptions, onDead: "halt" });
  const outbox = store.queue("outbox", queueOptions);
  await inbox.enqueue(["acked", "dead", "tried", "held", "rest"].map((id) => job(id, id)));
  await inbox.enqueue([job("second", "held"), { ...job("later"), runAt: (await store.now()) + 60_000 }]);
  const results: unknown[] = [];
  for (const claim of await inbox.claim(claimOf)) {
    const then = [{ queue: "outbox", ...job(`${claim.id}:1`, claim.key) }];
    const kv = [{ key: "note", value: new Uint8Array(3), ttlMs: 60_000 }];
    if (claim.id === "acked") results.push(await inbox.ack(claim, { then, kv }));
    if (claim.id === "dead") results.push(await inbox.dead(claim, { reason: "no", error: "why" }));
    if (claim.id === "tried") results.push(await inbox.nack(claim, { delayMs: 60_000, error: "once" }));
  }
  expect(results).toEqual(["ok", "ok", "ok"]);
  expect(await outbox.claim(claimOf)).toHaveLength(1);
  await store.kv.set("state", new Uint8Array(1));
  await store.limiter.take([{ key: "bucket", rate: 1, periodMs: 60_000, burst: 1 }]);
  await store.limiter.penalize("other", (await store.now()) + 1_000);
  await store.leases.acquire("line", { holder: "h", ttlMs: 60_000 });
  expect(await inbox.stats()).toMatchObject({ ready: 1, leased: 2, delayed: 1, scheduled: 1, dead: 1, haltedLanes: 1, lanes: 3 });
}

describe.skipIf(missing !== undefined)(`keys${why}`, () => {
  let engine: Engine;
  let admin: Redis;

  beforeAll(async () => {
    engine = await startRedis();
    admin = new Redis(engine.url());
  });
  afterAll(async () => {
    admin.disconnect();
    await engine.remove();
  });
  afterEach(() => admin.flushall());

  it("U-4: all begin with the name of the store, as their one hash tag", async () => {
    await useAll(make({ url: engine.url(), name: "left" }));
    await useAll(make({ url: engine.url(), name: "right" }));
    const keys = await admin.keys("*");
    expect(keys.filter((key) => key.startsWith("{left}:"))).toHaveLength(keys.length / 2);
    expect(keys.filter((key) => key.startsWith("{right}:"))).toHaveLength(keys.length / 2);
    const slots = await Promise.all(keys.map((key) => admin.cluster("KEYSLOT", key).catch(() => key.slice(0, 6))));
    expect(new Set(slots).size).toBe(2);
    const kinds = keys.map((key) => key.replace(/^\{\w+\}:/, "").replace(/^(q:\w+:lane|bucket|lease):.*/, "$1"));
    expect([...new Set(kinds)].toSorted()).toEqual([
      "bucket",
      "kv",
      "kv:keys",
      "kv:until",
      "layout",
      "lease",
      "q:inbox:dead",
      "q:inbox:died",
      "q:inbox:done",
      "q:inbox:free",
      "q:inbox:halted",
      "q:inbox:held",
      "q:inbox:jobs",
      "q:inbox:lane",
      "q:inbox:leased",
      "q:inbox:scheduled",
      "q:inbox:tries",
      "q:inbox:turns",
      "q:outbox:held",
      "q:outbox:jobs",
      "q:outbox:lane",
      "q:outbox:leased",
      "q:outbox:turns",
      "sequence",
    ]);
  });

  it("are gone, but for counters and layout, once nobody can ask for what they hold", async () => {
    const clock = manualClock();
    const store = make({ url: engine.url(), clock });
    const inbox = store.queue("inbox", queueOptions);
    for (let round = 0; round < 3; round += 1) {
      await inbox.enqueue(Array.from({ length: 700 }, (_, i) => job(`${round}-${i}`, `k${round}-${i}`)));
      for (;;) {
        const claims = await inbox.claim(claimOf);
        if (claims.length === 0) break;
        await Promise.all(claims.map((claim) => inbox.ack(claim)));
      }
      await store.kv.set(`v${round}`, new Uint8Array(1), { ttlMs: 1_000 });
      await clock.advance(2_000);
    }
    expect(await admin.zcard("{devflow}:q:inbox:done")).toBeLessThan(1_400);
    await store.kv.set("last", new Uint8Array(1));
    await store.kv.delete("last");
    await inbox.purge();
    expect((await admin.keys("*")).toSorted()).toEqual(["{devflow}:layout", "{devflow}:q:inbox:turns", "{devflow}:sequence"]);
  });

  it("L-5: of buckets and leases go by themselves", async () => {
    const store = make({ url: engine.url() });
    await store.limiter.take([{ key: "b", rate: 1, periodMs: 10_000, burst: 3, cost: 2 }]);
    await store.leases.acquire("line", { holder: "h", ttlMs: 10_000 });
    for (const key of ["{devflow}:bucket:b", "{devflow}:lease:line"]) {
      const leftMs = await admin.pttl(key);
      expect(leftMs).toBeGreaterThan(10_000);
      expect(leftMs).toBeLessThan(60_000);
    }
  });

  it("G-1: are laid out by ten that come at once, and one that knows less stays away", async () => {
    const ten = Array.from({ length: 10 }, () => make({ url: engine.url() }));
    await Promise.all(ten.map((store) => store.migrate()));
    expect(await admin.get("{devflow}:layout")).toBe("1");
    await admin.set("{devflow}:layout", "2");
    const late = make({ url: engine.url() });
    await expect(late.migrate()).rejects.toMatchObject({ code: "store.newer", retryable: false });
    await expect(late.kv.get("a")).rejects.toMatchObject({ code: "store.newer" });
  });

  it("carry the prefix of the client that was handed in, which is left alone", async () => {
    const client = new Redis(engine.url(), { keyPrefix: "app:", lazyConnect: true });
    const store = make({ client });
    await useAll(store);
    expect((await admin.keys("*")).every((key) => key.startsWith("app:{devflow}:"))).toBe(true);
    await store.close();
    expect(client.status).toBe("wait");
  });
});

describe.skipIf(missing !== undefined)(`a cluster${why}`, () => {
  it("takes the store, since all its keys lie in one slot, and rings the bells of others", async () => {
    const cluster = { "cluster-enabled": "yes", "cluster-port": String(await freePort()), "cluster-announce-ip": "127.0.0.1" };
    const engine = await startRedis({ settings: cluster });
    const admin = new Redis(engine.url());
    await admin.cluster("ADDSLOTSRANGE", 0, 16383);
    await expect.poll(() => admin.cluster("INFO"), { timeout: 15_000 }).toContain("cluster_state:ok");
    const client = new Cluster([{ host: "127.0.0.1", port: engine.port }], { lazyConnect: true });
    const store = make({ client, strict: true });
    await useAll(store);
    expect(store.caps.durable).toBe("power");
    expect(new Set(await Promise.all((await admin.keys("*")).map((key) => admin.cluster("KEYSLOT", key)))).size).toBe(1);

    const other = make({ client }).queue("inbox", queueOptions);
    const calm = store.queue("calm", queueOptions);
    await calm.stats();
    const listener = make({ client }).queue("calm", queueOptions);
    await listener.stats();
    await expect.poll(async () => JSON.stringify(await admin.pubsub("NUMSUB", "{devflow}:wake"))).toContain(",2]");
    const begun = performance.now();
    const woken = listener.wait(new AbortController().signal, 30_000);
    await calm.enqueue([job("ring")]);
    await woken;
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect((await other.stats()).dead).toBe(1);

    for (const each of stores) await each.close();
    stores = [];
    client.disconnect();
    admin.disconnect();
    await engine.remove();
  });
});

import { redisMissing, startRedis, type Engine } from "@devflow/conformance/engines";
import type { Logger, Store } from "@devflow/gateway/contract";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { levelOf } from "../src/client/level.ts";
import { redisStore, type RedisStoreOptions } from "../src/index.ts";
import { job, queueOptions } from "./support.ts";

const missing = redisMissing();
/** A server that says this of itself, and lets its configuration be read or not. */
function told(info: Readonly<Record<string, string>>, config?: Readonly<Record<string, string>>): Redis {
  const fine = {
    redis_version: "7.0.0",
    role: "master",
    maxmemory_policy: "noeviction",
    aof_enabled: "1",
    connected_slaves: "0",
  };
  const lines = Object.entries({ ...fine, ...info }).map(([name, value]) => `${name}:${value}`);
  const denied = Object.assign(new Error("NOPERM"), { name: "ReplyError" });
  return {
    info: () => Promise.resolve(`# Server\r\n${lines.join("\r\n")}\r\n`),
    config: () => (config === undefined ? Promise.reject(denied) : Promise.resolve(Object.entries(config).flat())),
  } as unknown as Redis;
}

const always = { appendfsync: "always", "no-appendfsync-on-rewrite": "no" };

describe("what a server says of itself", () => {
  it.each([
    ["a log that waits for the disk", told({}, always), "power", ""],
    ["Valkey", told({ redis_version: "7.2.4", valkey_version: "8.1.0" }, always), "power", ""],
    ["a log that does not wait", told({}, { ...always, appendfsync: "everysec" }), "process", "appendfsync is everysec"],
    ["one that pauses it", told({}, { ...always, "no-appendfsync-on-rewrite": "yes" }), "process", "no-appendfsync-on-rewrite"],
    ["replicas", told({ connected_slaves: "1" }, always), "process", "a replica may take its place"],
    ["a secret configuration", told({}), "process", "does not let us read"],
    ["no log", told({ aof_enabled: "0" }, always), "none", "appendonly"],
    ["eviction", told({ maxmemory_policy: "allkeys-lru" }, always), "none", "maxmemory-policy is allkeys-lru"],
  ])("%s", async (_, server, durable, reason) => {
    const level = await levelOf([told({}, always), server], false);
    expect(level).toMatchObject({ durable, reason: expect.stringContaining(reason), unfit: "" });
  });

  it("where sentinels may choose another, replicas or not", async () => {
    expect(await levelOf([told({}, always)], true)).toMatchObject({
      durable: "process",
      reason: expect.stringContaining("replica"),
    });
  });

  it.each([
    [told({ redis_version: "6.2.14" }, always), "Redis 7.0 or Valkey 7.2 is needed"],
    [told({ valkey_version: "7.1.9" }, always), "Redis 7.0 or Valkey 7.2 is needed"],
    [told({ role: "slave" }, always), "replica"],
  ])("that it is unfit", async (server, unfit) => {
    expect((await levelOf([told({}, always), server], false)).unfit).toContain(unfit);
  });
});

describe.skipIf(missing !== undefined)(`a weaker server${missing === undefined ? "" : ` (${missing})`}`, () => {
  let engine: Engine;
  let admin: Redis;
  let stores: Store[] = [];
  let warnings: string[] = [];
  const silent = (): void => {};
  const log: Logger = { debug: silent, info: silent, warn: (_, message) => void warnings.push(message), error: silent };

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
    warnings = [];
    await admin.config("SET", "appendfsync", "always", "maxmemory-policy", "noeviction");
    await admin.flushall();
  });

  function make(more: Partial<RedisStoreOptions> = {}): Store {
    const store = redisStore({ url: engine.url(), log, ...more });
    stores.push(store);
    return store;
  }
  const enqueue = (store: Store, id: string): Promise<unknown> => store.queue("inbox", queueOptions).enqueue([job(id)]);

  it("is taken with a warning, and its level told", async () => {
    await admin.config("SET", "appendfsync", "everysec");
    const store = make();
    expect(store.caps.durable).toBe("none");
    await store.migrate();
    expect(store.caps.durable).toBe("process");
    expect(warnings).toEqual([expect.stringMatching(/survives the death of a process only: appendfsync is everysec/)]);
  });

  it("is refused with strict, by every call, until it has been set up; what is enough is enough", async () => {
    await admin.config("SET", "maxmemory-policy", "volatile-lru");
    const store = make({ strict: true });
    await expect(store.migrate()).rejects.toMatchObject({
      code: "store.unavailable",
      message: expect.stringContaining("noeviction"),
    });
    await expect(enqueue(store, "refused")).rejects.toMatchObject({ code: "store.unavailable" });
    expect((await store.health()).ok).toBe(false);
    await admin.config("SET", "maxmemory-policy", "noeviction");
    expect(await enqueue(store, "refused")).toEqual(["inserted"]);
    expect(store.caps.durable).toBe("power");

    await admin.config("SET", "appendfsync", "everysec");
    const modest = make({ strict: true, durable: "process" });
    await modest.migrate();
    expect(modest.caps.durable).toBe("process");
    expect(warnings).toEqual([]);
  });

  it("is noticed when the connection comes back", async () => {
    const lenient = make();
    const strict = make({ strict: true });
    await Promise.all([lenient.migrate(), strict.migrate()]);
    await admin.config("SET", "appendfsync", "everysec");
    await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await expect.poll(() => enqueue(lenient, "again").catch(() => "away")).toEqual(expect.arrayContaining([expect.any(String)]));
    expect(lenient.caps.durable).toBe("process");
    await expect.poll(() => strict.migrate().catch(({ message }: Error) => message)).toContain("appendfsync is everysec");
  });

  it("is left alone while it is a replica, and taken again when it leads", async () => {
    const store = make();
    expect(await enqueue(store, "before")).toEqual(["inserted"]);
    await admin.replicaof("127.0.0.1", 1);
    const refused = (): Promise<unknown> => enqueue(store, "meanwhile").catch(({ message }: Error) => message);
    await expect.poll(refused).toContain("it is a replica and cannot be written to");
    await admin.replicaof("NO", "ONE");
    await expect.poll(() => enqueue(store, "after").catch(() => "away")).toEqual(["inserted"]);
    expect((await store.queue("inbox", queueOptions).peek("k", 9)).map(({ id }) => id)).toEqual(["before", "after"]);
  });

  it("may keep its configuration to itself", async () => {
    await admin.acl("SETUSER", "guest", "on", ">secret", "~*", "&*", "+@all", "-config");
    const url = engine.url().replace("redis://", "redis://guest:secret@");
    const store = make({ url });
    await store.migrate();
    expect(store.caps.durable).toBe("process");
    expect(warnings).toEqual([expect.stringContaining("does not let us read its configuration")]);
    await expect(make({ url, strict: true }).migrate()).rejects.toMatchObject({ code: "store.unavailable" });
    expect(await enqueue(make({ url, strict: true, durable: "process" }), "guest")).toEqual(["inserted"]);
  });

  it("says what it has against us, without the password", async () => {
    await admin.acl("SETUSER", "stranger", "on", ">secret", "~other:*", "+@all");
    const store = make({ url: engine.url().replace("redis://", "redis://stranger:secret@"), opTimeoutMs: 2_000 });
    const error = await store.migrate().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: "store.unavailable", message: expect.stringMatching(/NOPERM|permission/i) });
    const wrong = make({ url: engine.url().replace("redis://", "redis://guest:wr0ng@"), opTimeoutMs: 4_000 });
    const refused = await wrong.migrate().catch((thrown: Error) => thrown);
    expect(refused).toMatchObject({ code: "store.unavailable", message: expect.stringContaining("WRONGPASS") });
    expect(String(error) + String(refused)).not.toMatch(/secret|wr0ng/);
  });
});

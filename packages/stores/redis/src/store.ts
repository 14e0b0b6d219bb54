import type { Store } from "@devflow/gateway/contract";
import { checkQueueName, consoleLog, systemClock } from "@devflow/gateway/kit";
import { connect, storeError } from "./client/index.ts";
import { redisKv } from "./kv.ts";
import { layoutVersion, scripts } from "./layout/index.ts";
import { redisLeases } from "./leases.ts";
import { redisLimiter } from "./limiter.ts";
import type { RedisStoreOptions } from "./options.ts";
import { redisQueue, type RedisQueue } from "./queue/index.ts";

/**
 * A store on Redis 7 or Valkey 7.2 and later, for any number of processes on any number of machines. Nothing is connected before
 * `migrate` or the first call; until then `caps.durable` is `none`. Errors: `store.unavailable`, `outcome.unknown` when the
 * connection broke over a call, `store.full`, `store.newer`, `store.closed`.
 */
export function redisStore(options: RedisStoreOptions = {}): Store {
  check(options);
  const { clock, name = "devflow" } = options;
  const client = connect({
    url: options.url ?? "redis://127.0.0.1:6379",
    client: options.client,
    name: `devflow:${name}`,
    store: name,
    scripts,
    layoutVersion,
    clock: clock ?? systemClock,
    ownTime: clock !== undefined,
    wanted: options.durable ?? "power",
    strict: options.strict ?? false,
    log: options.log ?? consoleLog,
    opTimeoutMs: options.opTimeoutMs ?? 5_000,
    maxPending: options.maxPending ?? 50_000,
  });
  const queues = new Map<string, RedisQueue>();
  let latest = 0;
  return {
    caps: {
      get durable() {
        return client.durable;
      },
      multiProcess: true,
      multiNode: true,
      atomicChain: true,
      push: true,
    },
    async migrate() {
      await client.call({ op: "ping" });
    },
    queue(queueName, queueOptions) {
      checkQueueName(queueName);
      const known = queues.get(queueName);
      if (known !== undefined) return known;
      const made = redisQueue(client, queueName, queueOptions, queues);
      queues.set(queueName, made);
      return made;
    },
    kv: redisKv(client),
    limiter: redisLimiter(client),
    leases: redisLeases(client),
    async now() {
      latest = Math.max(latest, Number(await client.call({ op: "ping" })));
      return latest;
    },
    async health() {
      const before = performance.now();
      try {
        await client.call({ op: "ping" });
        return { ok: true, latencyMs: performance.now() - before };
      } catch (error) {
        return { ok: false, latencyMs: performance.now() - before, detail: String(error) };
      }
    },
    close: client.close,
  };
}

const levels: readonly unknown[] = [undefined, "power", "process", "none"];

/** A slip in plain JavaScript is told where it is made. */
function check({ url, client, name, durable }: RedisStoreOptions): void {
  if (url !== undefined && client !== undefined) throw storeError("options.invalid", "`url` and `client` exclude each other.");
  if (url !== undefined && !/^rediss?:\/\/./.test(url)) {
    throw storeError("options.invalid", "`url` is no address; give one like redis://127.0.0.1:6379.");
  }
  if (client !== undefined && typeof client.duplicate !== "function") {
    throw storeError("options.invalid", "`client` is no client of ioredis; give one, or a `url`.");
  }
  if (name !== undefined && !/^[^{}\s]{1,64}$/.test(name)) {
    throw storeError("options.invalid", "`name` takes 1 to 64 characters other than braces and white space.");
  }
  if (!levels.includes(durable)) throw storeError("options.invalid", "`durable` is neither power, process nor none.");
}

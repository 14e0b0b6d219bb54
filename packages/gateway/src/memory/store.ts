import type { Clock, Store } from "../contract/index.ts";
import { checkQueueName, systemClock } from "../kit/index.ts";
import { memoryKv } from "./kv.ts";
import { memoryLeases } from "./leases.ts";
import { memoryLimiter } from "./limiter.ts";
import { memoryQueue, type MemoryQueue } from "./queue.ts";
import { world } from "./world.ts";

/** Where a memory store takes its time from. */
export interface MemoryStoreOptions {
  /** The system's clock unless given. */
  readonly clock?: Clock;
}

/**
 * A store that lives and dies with the process. It keeps every promise of a store but durability: for tests, trials and
 * places where losing what is in flight is fine.
 */
export function memoryStore({ clock = systemClock }: MemoryStoreOptions = {}): Store {
  const closing = new AbortController();
  const shared = world(clock, closing.signal);
  const queues = new Map<string, MemoryQueue>();
  const kv = memoryKv(shared);
  return {
    caps: { durable: "none", multiProcess: false, multiNode: false, atomicChain: true, push: true },
    async migrate() {
      shared.open();
    },
    queue(name, options) {
      checkQueueName(name);
      const known = queues.get(name);
      if (known !== undefined) return known;
      const made = memoryQueue(shared, name, options, queues, kv);
      queues.set(name, made);
      return made;
    },
    kv,
    limiter: memoryLimiter(shared),
    leases: memoryLeases(shared),
    async now() {
      shared.open();
      return shared.now();
    },
    async health() {
      shared.open();
      return { ok: true, latencyMs: 0 };
    },
    async close() {
      closing.abort();
    },
  };
}

import type { Queue, Store } from "@devflow/gateway";
import { GatewayError } from "@devflow/gateway";

/** A store that fails when a test wants it to. */
export interface FlakyStore extends Store {
  /** Called before each operation, such as `inbox.ack` or `kv.get`, with its arguments: whatever it throws, the operation rejects with. */
  before: (operation: string, args: readonly unknown[]) => void | Promise<void>;
  /** Called after each operation, with what it resolved to. */
  after: (operation: string, result: unknown) => void;
  /** Every operation so far. */
  readonly operations: readonly string[];
}

/** The failure of a store that is down. */
export function down(): never {
  throw new GatewayError("store.unavailable", "flaky store: nobody answers.", { retryable: true });
}

/** What a process that has died does with a store: it never hears from it again. */
export function dead(): Promise<void> {
  return new Promise(() => undefined);
}

/** Wraps a store so that each of its operations can fail. */
export function flaky(store: Store): FlakyStore {
  const operations: string[] = [];
  const queues = new Map<string, Queue>();
  const guard = <T extends object>(target: T, name: string): T =>
    new Proxy(target, {
      get(_, property) {
        const value = Reflect.get(target, property) as unknown;
        if (typeof value !== "function") return value;
        return async (...args: unknown[]) => {
          const operation = `${name}.${String(property)}`;
          if (property !== "wait") operations.push(operation);
          await flakyStore.before(operation, args);
          const result = await (value as (...all: unknown[]) => unknown).apply(target, args);
          flakyStore.after(operation, result);
          return result;
        };
      },
    });
  const flakyStore: FlakyStore = {
    caps: store.caps,
    before: () => undefined,
    after: () => undefined,
    operations,
    migrate: () => store.migrate(),
    queue(name, options) {
      const known = queues.get(name) ?? guard(store.queue(name, options), name);
      queues.set(name, known);
      return known;
    },
    kv: guard(store.kv, "kv"),
    limiter: guard(store.limiter, "limiter"),
    leases: guard(store.leases, "leases"),
    now: () => store.now(),
    health: async () => {
      await flakyStore.before("health", []);
      return store.health();
    },
    close: () => store.close(),
  };
  return flakyStore;
}

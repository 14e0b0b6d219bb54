import type { Clock } from "@devflow/gateway/contract";
import { storeError } from "./failure.ts";

/** Calls under way: none of them waits for ever, and `close` waits for all of them. */
export interface Calls {
  /** Runs one; rejects with `store.unavailable` when it takes too long, whatever becomes of it then. */
  track<T>(run: () => Promise<T>): Promise<T>;
  /** Refuses further ones with `store.closed`; resolves when those under way have ended. */
  drain(): Promise<void>;
}

export function createCalls(clock: Clock, opTimeoutMs: number, maxPending: number): Calls {
  /** In the order of their beginning, hence of their deadlines. */
  const pending = new Set<{ readonly at: number; expire(): void }>();
  let closing = false;
  let watched = false;
  let empty = (): void => {};

  const watch = (): void => {
    const [first] = pending;
    if (watched || first === undefined) return;
    watched = true;
    clock.after(Math.max(1, first.at + opTimeoutMs - clock.now()), () => {
      watched = false;
      const limit = clock.now() - opTimeoutMs;
      for (const call of pending) {
        if (call.at > limit) break;
        call.expire();
      }
      watch();
    });
  };

  return {
    track(run) {
      if (closing) return Promise.reject(storeError("store.closed", "closed; make a new store.", false));
      if (pending.size >= maxPending) {
        return Promise.reject(storeError("store.unavailable", `${maxPending} calls wait already; try again later.`, true));
      }
      return new Promise((resolve, reject) => {
        const end = (): void => {
          if (pending.delete(call) && pending.size === 0) empty();
        };
        const call = {
          at: clock.now(),
          expire() {
            const message = `no answer in ${opTimeoutMs} ms; it may still be done. Repeating it with the same id is safe.`;
            reject(storeError("store.unavailable", message, true));
            end();
          },
        };
        pending.add(call);
        watch();
        run().then(
          (result) => {
            end();
            resolve(result);
          },
          (error: unknown) => {
            end();
            reject(error);
          },
        );
      });
    },
    async drain() {
      closing = true;
      if (pending.size > 0) await new Promise<void>((resolve) => (empty = resolve));
    },
  };
}

import type { Clock } from "../contract/index.ts";

/** For stores: lets those who look for work sleep until there may be some. */
export interface Doorbell {
  /** How often it rang. Taken before a look, it tells `sleep` what was missed meanwhile. */
  readonly rings: number;
  /** Wakes all who sleep. */
  ring(): void;
  /** Resolves after `ms`, at a ring, when `signal` aborts or the store closes; at once if it rang since `rings` was `since`. */
  sleep(ms: number, signal: AbortSignal, since?: number): Promise<void>;
}

/**
 * Makes a {@link Doorbell}. A busy queue rings it for every job, so it is a set of callbacks: an abort controller for each
 * sleep, joined with `AbortSignal.any`, took a quarter of the processor time of a busy memory store.
 */
export function createDoorbell(clock: Clock, closed: AbortSignal): Doorbell {
  const sleepers = new Set<() => void>();
  let rings = 0;
  const ring = (): void => {
    rings += 1;
    for (const wake of sleepers) wake();
  };
  closed.addEventListener("abort", ring, { once: true });
  return {
    get rings() {
      return rings;
    },
    ring,
    sleep(ms, signal, since = rings) {
      if (ms <= 0 || rings !== since || signal.aborted || closed.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(wake);
          cancel();
          signal.removeEventListener("abort", wake);
          resolve();
        };
        const cancel = clock.after(ms, wake);
        sleepers.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      });
    },
  };
}

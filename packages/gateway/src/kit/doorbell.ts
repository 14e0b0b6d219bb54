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
 * Makes a {@link Doorbell}. A busy queue rings it for every job, so it is a list of callbacks: an abort controller for each
 * sleep, joined with `AbortSignal.any`, took a quarter of the processor time of a busy memory store.
 */
export function createDoorbell(clock: Clock, closed: AbortSignal): Doorbell {
  let sleepers: (() => void)[] = [];
  /** Signals that ring when they abort: whoever sleeps does so often, with the same one. */
  const heard = new WeakSet<AbortSignal>();
  let rings = 0;
  const ring = (): void => {
    rings += 1;
    if (sleepers.length === 0) return;
    const woken = sleepers;
    sleepers = [];
    for (const wake of woken) wake();
  };
  const listen = (signal: AbortSignal): void => {
    if (heard.has(signal)) return;
    heard.add(signal);
    signal.addEventListener("abort", ring, { once: true });
  };
  listen(closed);
  return {
    get rings() {
      return rings;
    },
    ring,
    sleep(ms, signal, since = rings) {
      if (ms <= 0 || rings !== since || signal.aborted || closed.aborted) return Promise.resolve();
      listen(signal);
      return new Promise((resolve) => {
        const wake = (): void => {
          cancel();
          resolve();
        };
        const cancel = clock.after(ms, () => {
          sleepers = sleepers.filter((sleeper) => sleeper !== wake);
          resolve();
        });
        sleepers.push(wake);
      });
    },
  };
}

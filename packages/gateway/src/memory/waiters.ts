import { sleep } from "../kit/index.ts";
import type { World } from "./world.ts";

export interface Waiters {
  readonly wake: () => void;
  /** `nextAt` tells when something becomes claimable. */
  wait(signal: AbortSignal, maxMs: number, nextAt: () => number): Promise<void>;
}

export function waiters({ clock, closed, open, now }: World): Waiters {
  let woken = new AbortController();
  return {
    wake() {
      if (woken.signal.aborted) return;
      woken.abort();
    },
    async wait(signal, maxMs, nextAt) {
      open();
      if (woken.signal.aborted) woken = new AbortController();
      const ms = Math.min(maxMs, nextAt() - now());
      if (ms > 0) await sleep(clock, ms, AbortSignal.any([signal, woken.signal, closed]));
    },
  };
}

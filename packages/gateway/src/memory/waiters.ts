import { createDoorbell } from "../kit/index.ts";
import type { World } from "./world.ts";

export interface Waiters {
  readonly wake: () => void;
  /** `nextAt` tells when something becomes claimable. */
  wait(signal: AbortSignal, maxMs: number, nextAt: () => number): Promise<void>;
}

export function waiters({ clock, closed, open, now }: World): Waiters {
  const bell = createDoorbell(clock, closed);
  let waiting = 0;
  let planned = false;
  const ring = (): void => {
    planned = false;
    bell.ring();
  };
  return {
    /** Once for all that a tick brings: jobs claimed together are done in step, which costs a third less than one by one. */
    wake() {
      // Whoever comes later looks at the time of the next job himself.
      if (planned || waiting === 0) return;
      planned = true;
      setImmediate(ring);
    },
    async wait(signal, maxMs, nextAt) {
      open();
      waiting += 1;
      await bell.sleep(Math.min(maxMs, nextAt() - now()), signal);
      waiting -= 1;
    },
  };
}

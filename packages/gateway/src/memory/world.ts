import type { Clock } from "../contract/index.ts";
import { GatewayError } from "../error.ts";

/** What the parts of one memory store share. */
export interface World {
  readonly clock: Clock;
  /** Aborts at `close`. */
  readonly closed: AbortSignal;
  /** The store's clock: never steps back. */
  readonly now: () => number;
  /** The one counter of the store: fences, versions and turns come from it. */
  readonly next: () => number;
  /** Throws `store.closed` after `close`. */
  readonly open: () => void;
}

export function world(clock: Clock, closed: AbortSignal): World {
  let last = 0;
  let counter = 0;
  return {
    clock,
    closed,
    now: () => (last = Math.max(last, clock.now())),
    next: () => (counter += 1),
    open() {
      if (closed.aborted) throw new GatewayError("store.closed", "memory store: closed; make a new one.");
    },
  };
}

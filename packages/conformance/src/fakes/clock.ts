import type { Clock } from "@devflow/gateway/contract";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time on by `ms`: due timers fire in order of their time, and promises settle before each and after the last. */
  advance(ms: number): Promise<void>;
  /**
   * Moves from timer to timer until `condition` holds. Rejects when `maxMs` (an hour unless set) of this clock are over, or
   * when nothing is waiting for time any more.
   */
  until(condition: () => boolean, maxMs?: number): Promise<void>;
  /** Lets promises and local I/O that is under way settle, without moving time. */
  settle(): Promise<void>;
  /** Timers that have not fired. */
  readonly pending: number;
}

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/** More timers than this at one instant are one that re-arms itself. */
const maxFirings = 1000;
/** Turns of the event loop that promise chains of some length need, worker threads and loopback sockets included. */
const settleTurns = 12;
/** Real turns that `until` grants to work that needs no time of ours, such as a query in a database. */
const idleTurns = 400;

/** Makes a {@link ManualClock}. `start` is in milliseconds since the epoch, the first of January 2026 unless set. */
export function manualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start;
  const timers = new Set<Timer>();

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < settleTurns; turn++) await nextTurn();
  };

  /** The set keeps the order of registration, so equal times fire first come, first served. */
  const earliest = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) if (!first || timer.due < first.due) first = timer;
    return first;
  };

  let firings = 0;
  const fire = (timer: Timer): void => {
    firings = timer.due > now ? 0 : firings + 1;
    if (firings > maxFirings) throw new Error(`manualClock: ${maxFirings} timers fired at once; one re-arms itself.`);
    timers.delete(timer);
    now = Math.max(now, timer.due);
    timer.run();
  };

  return {
    now: () => now,
    after(ms, run) {
      const timer = { due: now + Math.max(0, ms), run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let timer = earliest(); timer && timer.due <= end; timer = earliest()) {
        fire(timer);
        await settle();
      }
      now = Math.max(now, end);
      await settle();
    },
    async until(condition, maxMs = 3_600_000) {
      const end = now + maxMs;
      for (;;) {
        await settle();
        if (condition()) return;
        for (let turn = 0; turn < idleTurns && timers.size === 0; turn++) {
          await nextTurn();
          if (condition()) return;
        }
        const timer = earliest();
        if (!timer) throw new Error("manualClock: the condition does not hold, and nothing waits for time.");
        if (timer.due > end) throw new Error(`manualClock: the condition does not hold within ${maxMs} ms.`);
        fire(timer);
      }
    },
    settle,
    get pending() {
      return timers.size;
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

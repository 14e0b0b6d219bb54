import type { Bucket, Clock } from "../contract/index.ts";

/** Lanes that found a bucket empty. */
export interface Crowd {
  /** The lane is being tried: it waits no more. */
  leave(lane: string): void;
  /** How long a lane is to wait for a bucket that has its next token in `waitMs`. */
  join(lane: string, bucket: Bucket, waitMs: number): number;
}

/** Lanes that did not come back a minute after their time are somebody else's, or gone. */
const graceMs = 60_000;
const sweepAt = 1000;

/**
 * Spreads out those who wait for one bucket. Without it all come back at its next token, one gets it, and a thousand rooms
 * behind a limit of 30 a second would ask thirty thousand times for it.
 */
export function createCrowd(clock: Clock): Crowd {
  const lanes = new Map<string, { readonly bucket: string; readonly due: number }>();
  const sizes = new Map<string, number>();
  let swept = 0;
  const leave = (lane: string): void => {
    const bucket = lanes.get(lane)?.bucket;
    if (bucket === undefined) return;
    lanes.delete(lane);
    const left = (sizes.get(bucket) ?? 1) - 1;
    if (left > 0) sizes.set(bucket, left);
    else sizes.delete(bucket);
  };
  return {
    leave,
    join(lane, { key, rate, periodMs, cost = 1 }, waitMs) {
      leave(lane);
      const size = (sizes.get(key) ?? 0) + 1;
      sizes.set(key, size);
      // At random within a twentieth of the time that all of them need: there are twenty who ask for each token, so that it is
      // taken within a twentieth of its time, and no more than twenty.
      const delayMs = waitMs + Math.floor((Math.random() * (size - 1) * cost * periodMs) / rate / 20);
      lanes.set(lane, { bucket: key, due: clock.now() + delayMs });
      if (lanes.size > Math.max(sweepAt, swept * 2)) {
        for (const [old, { due }] of lanes) if (due + graceMs < clock.now()) leave(old);
        swept = lanes.size;
      }
      return delayMs;
    },
  };
}

import type { Bucket, Limiter } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import type { World } from "./world.ts";

interface State {
  /** Theoretical arrival time: the bucket is full again from then on. */
  tat: number;
  blockedUntil: number;
}

const sweepMs = 30_000;
/** Sums of fractions of a millisecond on top of an epoch are no more exact than this. */
const roundingMs = 0.01;

/** GCRA: one number per bucket. */
export function memoryLimiter({ open, now }: World): Limiter {
  const states = new Map<string, State>();
  let sweptAt = 0;

  return {
    async take(buckets) {
      open();
      const time = now();
      if (time - sweptAt > sweepMs) {
        sweptAt = time;
        for (const [key, state] of states) if (state.tat <= time && state.blockedUntil <= time) states.delete(key);
      }
      let ready = time;
      const debits = new Map<string, number>();
      for (const bucket of buckets) {
        const cost = bucket.cost ?? 1;
        checkBucket(bucket, cost);
        const interval = bucket.periodMs / bucket.rate;
        const state = states.get(bucket.key);
        const tat = Math.max(debits.get(bucket.key) ?? state?.tat ?? 0, time) + interval * cost;
        debits.set(bucket.key, tat);
        ready = Math.max(ready, tat - interval * bucket.burst, state?.blockedUntil ?? 0);
      }
      if (ready - time > roundingMs) return { ok: false, retryAfterMs: Math.ceil(ready - time) };
      for (const [key, tat] of debits) {
        const state = states.get(key);
        if (state === undefined) states.set(key, { tat, blockedUntil: 0 });
        else state.tat = tat;
      }
      return { ok: true, retryAfterMs: 0 };
    },
    async penalize(key, untilMs) {
      open();
      const state = states.get(key);
      if (state === undefined) states.set(key, { tat: 0, blockedUntil: untilMs });
      else state.blockedUntil = Math.max(state.blockedUntil, untilMs);
    },
  };
}

function checkBucket(bucket: Bucket, cost: number): void {
  if (bucket.rate > 0 && bucket.periodMs > 0 && cost >= 0 && cost <= bucket.burst) return;
  throw new GatewayError(
    "options.invalid",
    `store: bucket "${bucket.key}" can never give ${cost}: rate ${bucket.rate} per ${bucket.periodMs} ms, burst ${bucket.burst}.`,
  );
}

import type { Bucket, Limiter } from "@devflow/gateway/contract";
import { createBatcher, storeError, type Client } from "./client/index.ts";

export function postgresLimiter({ track, look, write, clock, opTimeoutMs }: Client): Limiter {
  const take = createBatcher<readonly Bucket[], number>({
    clock,
    opTimeoutMs,
    bytesOf: () => 0,
    apart: () => [],
    inTurn: () => [],
    blames: () => false,
    async send(takers) {
      const slots = new Map<string, number>();
      for (const { key } of takers.flat()) if (!slots.has(key)) slots.set(key, slots.size + 1);
      const debits = takers.flatMap((buckets, taker) => buckets.map((bucket) => ({ ...bucket, taker })));
      const [row = []] = await look("take", [
        [...slots.keys()],
        debits.map(({ taker }) => taker),
        debits.map(({ key }) => slots.get(key)),
        debits.map(({ periodMs, rate }) => periodMs / rate),
        debits.map(({ burst }) => burst),
        debits.map(({ cost = 1 }) => cost),
      ]);
      return (row[0] as readonly number[]).map(Number);
    },
  });
  return {
    take: (buckets) =>
      track(async () => {
        buckets.forEach(check);
        const retryAfterMs = buckets.length === 0 ? 0 : await take(buckets);
        return { ok: retryAfterMs === 0, retryAfterMs };
      }),
    penalize: (key, untilMs) => track(async () => void (await write("penalize", [key, untilMs]))),
  };
}

function check({ key, rate, periodMs, burst, cost = 1 }: Bucket): void {
  if (rate > 0 && periodMs > 0 && cost >= 0 && cost <= burst) return;
  const message = `bucket "${key}" can never give ${cost}: rate ${rate} per ${periodMs} ms, burst ${burst}.`;
  throw storeError("options.invalid", message, false);
}

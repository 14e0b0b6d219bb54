import type { Limiter } from "@devflow/gateway/contract";
import { storeError, type Arg, type Client } from "./client/index.ts";

export function redisLimiter(client: Client): Limiter {
  return {
    async take(buckets) {
      const args: Arg[] = [];
      for (const { key, rate, periodMs, burst, cost = 1 } of buckets) {
        if (!(rate > 0 && periodMs > 0 && cost >= 0 && cost <= burst)) {
          const what = `bucket "${key}" can never give ${cost}: rate ${rate} per ${periodMs} ms, burst ${burst}.`;
          throw storeError("options.invalid", what);
        }
        args.push(key, periodMs / rate, burst, cost);
      }
      const retryAfterMs = (await client.call({ op: "take", args })) as number;
      return { ok: retryAfterMs === 0, retryAfterMs };
    },
    async penalize(key, untilMs) {
      await client.call({ op: "penalize", args: [key, untilMs] });
    },
  };
}

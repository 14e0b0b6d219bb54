import type { Limiter } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import type { Client } from "./client/index.ts";
import { code } from "./client/protocol.ts";

export function sqliteLimiter(client: Client): Limiter {
  return {
    async take(buckets) {
      const args: unknown[] = [buckets.length];
      for (const { key, rate, periodMs, burst, cost = 1 } of buckets) {
        if (!(rate > 0 && periodMs > 0 && cost >= 0 && cost <= burst)) {
          const message = `sqlite store: bucket "${key}" can never give ${cost}: rate ${rate} per ${periodMs} ms, burst ${burst}.`;
          throw new GatewayError("options.invalid", message);
        }
        args.push(key, periodMs / rate, burst, cost);
      }
      const retryAfterMs = (await client.call(code.take, args)) as number;
      return { ok: retryAfterMs === 0, retryAfterMs };
    },
    async penalize(key, untilMs) {
      await client.call(code.penalize, [key, untilMs]);
    },
  };
}

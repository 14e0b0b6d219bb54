import type { Leases } from "@devflow/gateway/contract";
import { keepLease } from "@devflow/gateway/kit";
import type { Client } from "./client/index.ts";

export function redisLeases(client: Client): Leases {
  return {
    async acquire(name, { ttlMs }) {
      const ttl = Math.ceil(ttlMs);
      const sentAt = client.clock.now();
      const fence = (await client.call({ op: "acquire", args: [name, ttl] })) as number;
      if (fence === 0) return undefined;
      return keepLease({
        clock: client.clock,
        fence,
        ttlMs: ttl,
        sentAt,
        signal: client.closed,
        renew: async () => (await client.call({ op: "renew", args: [name, fence, ttl] })) === 1,
        release: async () => void (await client.call({ op: "release", args: [name, fence] })),
      });
    },
  };
}

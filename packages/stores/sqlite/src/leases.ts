import type { Leases } from "@devflow/gateway/contract";
import { keepLease } from "@devflow/gateway/kit";
import type { Client } from "./client/index.ts";
import { code } from "./client/protocol.ts";

export function sqliteLeases(client: Client): Leases {
  return {
    async acquire(name, { ttlMs }) {
      const ttl = Math.ceil(ttlMs);
      const sentAt = client.clock.now();
      const fence = (await client.call(code.acquire, [name, ttl])) as number;
      if (fence === 0) return undefined;
      return keepLease({
        clock: client.clock,
        fence,
        ttlMs: ttl,
        sentAt,
        signal: client.closed,
        renew: async () => (await client.call(code.renew, [name, fence, ttl])) as boolean,
        release: async () => void (await client.call(code.release, [name, fence])),
      });
    },
  };
}

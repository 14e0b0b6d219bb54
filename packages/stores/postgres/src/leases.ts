import type { Leases } from "@devflow/gateway/contract";
import { keepLease } from "@devflow/gateway/kit";
import type { Client } from "./client/index.ts";

export function postgresLeases({ track, write, clock, closed }: Client): Leases {
  return {
    async acquire(name, { ttlMs }) {
      const ttl = Math.ceil(ttlMs);
      const sentAt = clock.now();
      const [row] = await track(() => write("acquire", [name, ttl]));
      if (row?.[0] == null) return undefined;
      const fence = Number(row[0]);
      return keepLease({
        clock,
        fence,
        ttlMs: ttl,
        sentAt,
        signal: closed,
        renew: async () => (await track(() => write("renew", [name, fence, ttl])))[0]?.[0] === true,
        release: async () => void (await track(() => write("release", [name, fence]))),
      });
    },
  };
}

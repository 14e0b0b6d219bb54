import type { Leases } from "../contract/index.ts";
import { keepLease } from "../kit/index.ts";
import type { World } from "./world.ts";

export function memoryLeases({ clock, closed, open, now, next }: World): Leases {
  const held = new Map<string, { readonly fence: number; until: number }>();
  return {
    async acquire(name, { ttlMs }) {
      open();
      const sentAt = now();
      if ((held.get(name)?.until ?? 0) > sentAt) return undefined;
      const mine = { fence: next(), until: sentAt + ttlMs };
      held.set(name, mine);
      return keepLease({
        clock,
        fence: mine.fence,
        ttlMs,
        sentAt,
        signal: closed,
        async renew() {
          if (held.get(name) !== mine || mine.until <= now()) return false;
          mine.until = now() + ttlMs;
          return true;
        },
        async release() {
          if (held.get(name) === mine) held.delete(name);
        },
      });
    },
  };
}

import type { Adapter, Address } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** One bucket per endpoint: what it is told to wait, all its conversations wait. */
export function limits(perSecond: (endpoint: string) => number): Adapter["limits"] {
  return (_kind, { platform, account }: Address) => {
    const rate = perSecond(account);
    return [
      { key: addressKey({ platform, account, room: "endpoint" }), rate, periodMs: 1_000, burst: Math.max(1, Math.ceil(rate)) },
    ];
  };
}

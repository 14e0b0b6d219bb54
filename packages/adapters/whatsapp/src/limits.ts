import type { Address, Bucket, OperationKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** To one person: a message every 6 s, and up to 45 at once that are paid back by waiting. Source: Cloud API, pair rate limits. */
const pair = { rate: 1, periodMs: 6_000, burst: 45 } as const;

/** Key of the bucket of a whole number. */
export function numberBucket(account: string): string {
  return addressKey({ platform: "whatsapp", account, room: "*" });
}

/** Buckets of an operation. What Meta allows a number counts both directions, so a part is left for what comes in. */
export function limits(throughput: number, kind: OperationKind, { account, room }: Address): readonly Bucket[] {
  const whole: Bucket = {
    key: numberBucket(account),
    rate: Math.max(1, Math.floor(throughput * 0.6)),
    periodMs: 1_000,
    burst: Math.max(1, Math.floor(throughput * 0.2)),
  };
  // Typing is no message; a refused one must not hold back the answer.
  if (kind === "typing.start") return [whole];
  return [{ key: addressKey({ platform: "whatsapp", account, room }), ...pair }, whole];
}

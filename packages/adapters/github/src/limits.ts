import type { Address, Bucket, OperationKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** What GitHub counts apart. */
export type Meter = "content" | "content-hour" | "points" | "core" | "search";

/** Operations that make something people are told of, which is counted by itself, the web page's included. */
const creations: ReadonlySet<OperationKind> = new Set(["message.post", "issue.create", "change.create", "review.submit"]);

/** Key of the bucket for one of the counts. Keys begin `github/<account>`. */
export function bucketKey(meter: Meter, account: string): string {
  return `${addressKey({ platform: "github", account, room: "" })}${meter}`;
}

/**
 * GitHub counts per installation, or per person whose token it is: what is created, 80 a minute and 500 an hour; points, 900 a
 * minute with five for a write; requests, 5,000 an hour.
 */
export function limits(kind: OperationKind, { account }: Address): readonly Bucket[] {
  const every: readonly Bucket[] = [
    { key: bucketKey("points", account), rate: 900, periodMs: 60_000, burst: 300, cost: 5 },
    { key: bucketKey("core", account), rate: 5_000, periodMs: 3_600_000, burst: 1_000 },
  ];
  if (!creations.has(kind)) return every;
  return [
    { key: bucketKey("content", account), rate: 80, periodMs: 60_000, burst: 20 },
    { key: bucketKey("content-hour", account), rate: 500, periodMs: 3_600_000, burst: 100 },
    ...every,
  ];
}

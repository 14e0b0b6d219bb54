import type { Address, Bucket, OperationKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** The account's own bucket: homeservers count per user, so a refusal holds back everything the bot says. */
export function accountBucket(account: string): string {
  return addressKey({ platform: "matrix", account, room: "*" });
}

/**
 * What a homeserver allows is its configuration, and it tells nobody: these buckets only keep a burst from becoming a flood.
 * Synapse as installed allows 10 at once and one every 5 s; beyond that it answers 429, which blocks the account's bucket.
 */
export function limits(_kind: OperationKind, { account, room }: Address): readonly Bucket[] {
  return [
    { key: addressKey({ platform: "matrix", account, room }), rate: 5, periodMs: 1_000, burst: 10 },
    { key: accountBucket(account), rate: 20, periodMs: 1_000, burst: 40 },
  ];
}

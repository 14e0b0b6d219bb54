import type { Address, Bucket, OperationKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** Calls a minute of Slack's rate-limit tiers, per method and workspace. */
const tiers = { 2: 20, 3: 50, 4: 100 } as const;

const methods: Readonly<Partial<Record<OperationKind, { readonly method: string; readonly tier: keyof typeof tiers }>>> = {
  "message.edit": { method: "chat.update", tier: 3 },
  "message.delete": { method: "chat.delete", tier: 3 },
  "reaction.add": { method: "reactions.add", tier: 3 },
  "reaction.remove": { method: "reactions.remove", tier: 2 },
  "stream.begin": { method: "chat.startStream", tier: 2 },
  "stream.append": { method: "chat.appendStream", tier: 4 },
  "stream.end": { method: "chat.stopStream", tier: 2 },
  "form.open": { method: "views.open", tier: 4 },
};

/**
 * Slack counts per method and workspace, and messages per channel too: one a second with short bursts, and "several
 * hundred" a minute in all. Keys begin `slack/<account>`.
 */
export function limits(kind: OperationKind, to: Address): readonly Bucket[] {
  const key = addressKey({ platform: "slack", account: to.account, room: "" });
  if (kind === "message.post") {
    return [
      { key: addressKey({ platform: "slack", account: to.account, room: to.room }), rate: 1, periodMs: 1_000, burst: 5 },
      { key: `${key}chat.postMessage`, rate: 300, periodMs: 60_000, burst: 60 },
    ];
  }
  const limit = methods[kind];
  if (limit === undefined) return [];
  const rate = tiers[limit.tier];
  return [{ key: `${key}${limit.method}`, rate, periodMs: 60_000, burst: Math.ceil(rate / 5) }];
}

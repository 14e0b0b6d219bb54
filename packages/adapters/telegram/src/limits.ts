import type { Address, Bucket, OperationKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** Operations that do not count as messages; what a flood of them blocks should not be the messages of the chat. */
const light: ReadonlySet<string> = new Set(["typing.start", "reaction.add", "reaction.remove", "message.delete"]);

/**
 * Telegram names no exact numbers. Its FAQ says about one message a second in a chat, 20 a minute in a group, 30 a second
 * over all chats, and that edits and drafts count. Rate and burst together stay below that in any window.
 */
export function limits(kind: OperationKind, to: Address): readonly Bucket[] {
  const { account, room } = to;
  const key = addressKey({ platform: "telegram", account, room });
  const overall: Bucket = { key: addressKey({ platform: "telegram", account, room: "*" }), rate: 25, periodMs: 1_000, burst: 5 };
  if (light.has(kind)) return [{ key: `${key}/light`, rate: 1, periodMs: 1_000, burst: 5 }, overall];
  // People have positive ids; what is said in their business chats is said to them alone as well.
  const alone = /^[1-9]\d*(@|$)/.test(room);
  const chat = alone ? { rate: 1, periodMs: 1_000, burst: 3 } : { rate: 16, periodMs: 60_000, burst: 4 };
  return [{ key, ...chat }, overall];
}

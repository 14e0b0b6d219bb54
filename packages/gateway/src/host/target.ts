import type { Sayable } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import type { Item } from "../outbox/index.ts";
import type { Sent } from "./context.ts";

/** How an operation names the message it is about: by the platform's id, or by the operation that makes it. */
export type Target = Pick<Item, "messageId" | "ref">;

/** True for what is to be streamed. */
export function isStream(what: Sayable | AsyncIterable<string>): what is AsyncIterable<string> {
  return typeof what === "object" && Symbol.asyncIterator in what;
}

/** The messages behind ids: a platform's own, or those of operations. */
export function targets(ids: string | readonly string[]): readonly Target[] {
  return typeof ids === "string" ? [{ messageId: ids }] : ids.map((ref) => ({ ref }));
}

/** The first message of a saying. */
export function target(message: Sent | string): Target {
  const [first] = targets(typeof message === "string" ? message : message.ids);
  if (!first) throw new GatewayError("operation.rejected", "There was nothing to say, so there is no message to act on.");
  return first;
}

import type { Address } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { placeOf } from "./place.ts";
import { id, object } from "./read.ts";

/** Fields of an update that hold a message. A guest message is none: the bot is not in that chat and cannot answer there. */
export const messageFields: ReadonlySet<string> = new Set([
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_message",
  "edited_business_message",
]);

/** An update taken apart: its kind is the name of the one field beside `update_id`. */
export interface ReadUpdate {
  readonly kind: string;
  readonly payload: JsonObject;
  /** Where it happened. Updates without a chat belong to their user, and those without either to the bot itself. */
  readonly place: Address;
}

/** Reads any update; one that names nothing has the kind `unknown`. */
export function readUpdate(update: JsonObject, account: string): ReadUpdate {
  const kind =
    Object.keys(update).find((key) => key !== "update_id" && typeof update[key] === "object" && update[key] !== null) ??
    "unknown";
  const payload = object(update[kind]);
  return {
    kind,
    payload,
    place: placeIn(payload, account) ?? { platform: "telegram", account, room: userIn(payload) ?? account },
  };
}

function placeIn(payload: JsonObject, account: string): Address | undefined {
  // A pressed button names its message, everything else that has a chat names the chat.
  return placeOf(payload, account) ?? placeOf(object(payload.message), account);
}

function userIn(payload: JsonObject): string | undefined {
  return id(object(payload.from).id) ?? id(object(payload.user).id);
}

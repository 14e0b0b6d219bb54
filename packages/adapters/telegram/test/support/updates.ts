import type { Delivery, Event, EventKind, Identity } from "@devflow/gateway/contract";
import { addressKey, type JsonObject } from "@devflow/gateway/kit";
import { normalizer } from "../../src/normalize/index.ts";
import { account } from "./api.ts";

export const ada = { id: 42, is_bot: false, first_name: "Ada", last_name: "Lovelace", username: "ada" };
export const us = { id: 123456, is_bot: true, first_name: "Rig", username: "rig_bot" };
export const privateChat = { id: 42, type: "private", first_name: "Ada" };
export const group = { id: -1001, type: "supergroup", title: "Workshop" };
export const date = 1_767_225_600;
export const identity: Identity = {
  user: { id: account, kind: "bot", self: true, name: "Rig", handle: "rig_bot" },
  title: "Rig",
};

/** A message as Telegram sends it, in a group unless told otherwise. */
export function message(fields: JsonObject = {}): JsonObject {
  return { message_id: 7, date, chat: group, from: ada, ...fields };
}

let lastUpdate = 1000;

/** The delivery of an update. */
export function delivery(update: JsonObject, fields: Partial<Delivery> = {}): Delivery {
  const payload = { update_id: ++lastUpdate, ...update };
  return {
    id: `${account}:${payload.update_id}`,
    account,
    lane: addressKey({ platform: "telegram", account, room: "-1001" }),
    via: "update",
    body: JSON.stringify(payload),
    payload,
    receivedAt: date * 1000 + 500,
    ...fields,
  };
}

/** The events of one update. */
export function eventsOf(update: JsonObject, who: Identity | undefined = identity): readonly Event[] {
  return normalizer.normalize([delivery(update)], who);
}

/** The one event of an update, which must be of a kind. */
export function eventOf<K extends EventKind>(update: JsonObject, kind: K, who?: Identity): Event<K> {
  const events = eventsOf(update, who);
  const [event] = events;
  if (events.length !== 1 || event?.kind !== kind)
    throw new Error(`expected one ${kind}, got ${events.map((one) => one.kind).join(", ")}`);
  return event as unknown as Event<K>;
}

import type { Address } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, object, objects } from "./read.ts";

/**
 * The id of whoever wrote: business-scoped where there is one, since a phone number may be missing, or change hands.
 * `contact` is the entry of `contacts` that belongs to the message.
 */
export function personId(message: JsonObject, contact: JsonObject): string | undefined {
  return id(message.from_user_id) ?? id(contact.user_id) ?? id(message.from) ?? id(contact.wa_id);
}

/** Room of a message that somebody sent us: the group, or else the person. */
function roomOf(message: JsonObject, contact: JsonObject): string | undefined {
  return id(message.group_id) ?? personId(message, contact);
}

/** Room of a message that was sent from our number: by us, as a status says, or by hand in the phone's app. */
function sentRoom(sent: JsonObject): string | undefined {
  return id(sent.group_id) ?? id(sent.recipient_user_id) ?? id(sent.to_user_id) ?? id(sent.recipient_id) ?? id(sent.to);
}

/** The entry of `contacts` that a message belongs to, found by its ids: positions do not match. */
export function contactOf(message: JsonObject, contacts: readonly JsonObject[]): JsonObject {
  const ids = [id(message.from_user_id), id(message.from)].filter((one) => one !== undefined);
  const found = contacts.find(({ user_id, wa_id }) => ids.includes(id(user_id) ?? "") || ids.includes(id(wa_id) ?? ""));
  return found ?? (ids.length === 0 && contacts.length === 1 ? object(contacts[0]) : {});
}

/** Room of the one thing that a change's value is about; undefined when that is the number or the account as such. */
export function roomIn(value: JsonObject): string | undefined {
  const [message] = objects(value.messages);
  if (message) return roomOf(message, contactOf(message, objects(value.contacts)));
  const [sent] = [...objects(value.message_echoes), ...objects(value.statuses)];
  return sent ? sentRoom(sent) : id(objects(value.groups)[0]?.group_id);
}

/** An address; what belongs to no conversation belongs to the number itself. */
export function addressOf(account: string, room: string | undefined): Address {
  return { platform: "whatsapp", account, room: room ?? account };
}

import type { EventKind, EventMap, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, number, object, objects, present, readPress, string, type ReadUpdate } from "../wire/index.ts";
import { commandAt } from "./entities.ts";
import { arrivalOf, arrivalsIn } from "./member.ts";
import { messageOf } from "./message.ts";
import { authorOf, chatActor, personOf, type Self } from "./people.ts";

/** What happened, without the envelope. */
export type Fact = { [K in EventKind]: { readonly kind: K } & EventMap[K] }[EventKind];

/** Fields of service messages: about the chat, said by nobody. */
const service: ReadonlySet<string> = new Set([
  "new_chat_title",
  "new_chat_photo",
  "delete_chat_photo",
  "group_chat_created",
  "supergroup_chat_created",
  "channel_chat_created",
  "message_auto_delete_timer_changed",
  "migrate_to_chat_id",
  "migrate_from_chat_id",
  "pinned_message",
  "successful_payment",
  "refunded_payment",
  "users_shared",
  "chat_shared",
  "gift_upgrade_sent",
  "connected_website",
  "write_access_allowed",
  "passport_data",
  "proximity_alert_triggered",
  "boost_added",
  "chat_background_set",
  "direct_message_price_changed",
  "giveaway_created",
  "giveaway_completed",
  "managed_bot_created",
  "paid_message_price_changed",
]);
const serviceFamily =
  /^(forum_topic|general_forum_topic|video_chat|suggested_post|chat_owner|community_chat|checklist_tasks|poll_option)_/;

/** Whose doing the update is. */
export function actorOf({ kind, payload }: ReadUpdate, self: Self, own: boolean): User {
  if (kind === "message_reaction" && id(object(payload.user).id) === undefined) return chatActor(object(payload.actor_chat));
  if (id(payload.message_id) !== undefined && kind !== "message_reaction" && kind !== "message_reaction_count")
    return authorOf(payload, self, own);
  const user = id(object(payload.from).id) === undefined ? object(payload.user) : object(payload.from);
  return personOf(user, self);
}

/** When it happened, by Telegram's clock if it says so. Milliseconds. */
export function timeOf({ payload }: ReadUpdate, receivedAt: number): number {
  const seconds = number(payload.edit_date) ?? number(payload.date);
  return seconds === undefined || seconds <= 0 ? receivedAt : seconds * 1000;
}

/** What one update says happened: at least one fact, whatever it is. */
export function factsOf(read: ReadUpdate, self: Self, own: boolean): readonly Fact[] {
  const { kind, payload } = read;
  const facts = known(kind, payload, self, own);
  return facts.length > 0 ? facts : [{ kind: "platform.event", type: kind }];
}

function known(kind: string, payload: JsonObject, self: Self, own: boolean): readonly Fact[] {
  switch (kind) {
    case "message":
    case "channel_post":
    case "business_message":
      return messageFacts(payload, self, own);
    case "edited_message":
    case "edited_channel_post":
    case "edited_business_message":
      return isMessage(payload) ? [{ kind: "message.edited", message: messageOf([payload], self, own) }] : [];
    case "deleted_business_messages":
      return ids(payload.message_ids).map((messageId) => ({ kind: "message.deleted", messageId }));
    case "message_reaction":
      return reactionFacts(payload);
    case "callback_query":
      return pressFacts(payload);
    case "chat_member":
    case "my_chat_member": {
      const arrival = arrivalOf(payload, self);
      return arrival && arrival.member.id !== "" ? [arrival] : [];
    }
    default:
      return [];
  }
}

/** True when there is enough to make a message of. */
export function isMessage(payload: JsonObject): boolean {
  return id(payload.message_id) !== undefined && id(object(payload.chat).id) !== undefined;
}

function messageFacts(message: JsonObject, self: Self, own: boolean): readonly Fact[] {
  if (!isMessage(message)) return [];
  if ("new_chat_members" in message || "left_chat_member" in message) {
    const arrivals = arrivalsIn(message, self);
    return arrivals.length > 0 ? arrivals : [{ kind: "platform.event", type: "message.members" }];
  }
  const form = object(message.web_app_data);
  if (typeof form.data === "string") {
    return [{ kind: "form.submitted", form: string(form.button_text) ?? "", values: { data: form.data } }];
  }
  const field = Object.keys(message).find((key) => service.has(key) || serviceFamily.test(key));
  if (field !== undefined) return [{ kind: "platform.event", type: `message.${field}` }];
  return [commandIn(message, self) ?? { kind: "message.created", message: messageOf([message], self, own) }];
}

/** A command for us: at the very start, not forwarded, and either for any bot or for exactly ours. */
function commandIn(message: JsonObject, self: Self): Fact | undefined {
  const text = string(message.text);
  if (text === undefined || "forward_origin" in message) return undefined;
  const written = commandAt(text, message.entities);
  if (written === undefined) return undefined;
  const [name = "", bot] = written.slice(1).split("@", 2);
  if (name === "" || (bot !== undefined && bot.toLowerCase() !== self.handle?.toLowerCase())) return undefined;
  return present({
    kind: "command.invoked",
    command: name.toLowerCase(),
    args: text.slice(written.length).trim(),
    messageId: id(message.message_id),
  } as const);
}

/** Telegram sends all reactions of a person before and after; what differs was added or removed. */
function reactionFacts(payload: JsonObject): readonly Fact[] {
  const messageId = id(payload.message_id);
  if (messageId === undefined) return [];
  const before = objects(payload.old_reaction).flatMap(emojiOf);
  const after = objects(payload.new_reaction).flatMap(emojiOf);
  const removed = before.filter((emoji) => !after.includes(emoji));
  const added = after.filter((emoji) => !before.includes(emoji));
  return [
    ...removed.map((emoji) => ({ kind: "reaction.removed", messageId, emoji }) as const),
    ...added.map((emoji) => ({ kind: "reaction.added", messageId, emoji }) as const),
  ];
}

function emojiOf(reaction: JsonObject): readonly string[] {
  const emoji = reaction.type === "paid" ? "paid" : (id(reaction.emoji) ?? id(reaction.custom_emoji_id));
  return emoji === undefined ? [] : [emoji];
}

/** A press on a button of an inline message has no chat to answer in, and a game has no data: both stay as they came. */
function pressFacts(query: JsonObject): readonly Fact[] {
  const data = string(query.data);
  const message = object(query.message);
  const press = data === undefined ? undefined : readPress(data);
  if (!press || id(object(message.chat).id) === undefined) return [];
  return [present({ kind: "action.invoked", ...press, messageId: id(message.message_id), trigger: id(query.id) } as const)];
}

function ids(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(id).filter((one) => one !== undefined) : [];
}

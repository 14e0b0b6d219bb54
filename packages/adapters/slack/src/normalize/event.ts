import type { Envelope, Event, EventKind, EventMap, Identity } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { emojiOf, number, record, text, texts, timestampMs } from "../wire/index.ts";
import { isNotice, readMessage } from "./message.ts";
import { authorOf, nobody, personOf, selfOf, type Self } from "./person.ts";
import { conversationOf, placeOfEvent, roomKind, subjectOf } from "./place.ts";

/** What an event needs besides its payload. */
export interface Origins {
  readonly id: string;
  readonly account: string;
  readonly receivedAt: number;
  readonly identity: Identity | undefined;
  readonly replyInThread: boolean;
}

/** Makes one event of the contract. */
export function event<K extends EventKind>(kind: K, envelope: Omit<Envelope, "kind" | "platform">, payload: EventMap[K]): Event {
  return { kind, platform: "slack", ...envelope, ...payload } as unknown as Event;
}

/** Reads an envelope of the Events API. */
export function readEvent(envelope: JsonObject, origins: Origins): readonly Event[] {
  const inner = record(envelope["event"]);
  const self = selfOf(envelope, origins.identity);
  const type = text(inner["type"]) ?? text(envelope["type"]) ?? "unknown";
  const seconds = number(envelope["event_time"]);
  const at = timestampMs(inner["event_ts"]) ?? (seconds === undefined ? origins.receivedAt : seconds * 1000);
  const common: Common = {
    id: origins.id,
    account: origins.account,
    at,
    conversation: conversationOf({ ...placeOfEvent(envelope, inner, origins.replyInThread), account: origins.account }),
    actor: personOf(typeof inner["user"] === "string" ? inner["user"] : record(inner["user"])["id"], self),
    raw: envelope,
  };
  const read = Object.hasOwn(readers, type) ? readers[type]?.(inner, common, self) : undefined;
  return [read ?? event("platform.event", common, { type: nameOf(type, inner) })];
}

type Common = Omit<Envelope, "kind" | "platform">;

const readers: Readonly<Record<string, (inner: JsonObject, common: Common, self: Self) => Event | undefined>> = {
  message: readMessageEvent,
  app_mention: readMessageEvent,
  reaction_added: (inner, common) => readReaction("reaction.added", inner, common),
  reaction_removed: (inner, common) => readReaction("reaction.removed", inner, common),
  member_joined_channel: (inner, common, self) => readMember("member.joined", inner, common, self),
  member_left_channel: (inner, common, self) => readMember("member.left", inner, common, self),
  app_uninstalled: (_, common) => event("account.revoked", common, { reason: "app_uninstalled" }),
  // People may take back their own consent; the bot lives on.
  tokens_revoked: (inner, common) =>
    texts(record(inner["tokens"])["bot"]).length === 0
      ? undefined
      : event("account.revoked", common, { reason: "tokens_revoked" }),
};

function nameOf(type: string, inner: JsonObject): string {
  const subtype = type === "message" ? text(inner["subtype"]) : undefined;
  return subtype === undefined ? type : `${type}.${subtype}`;
}

function readMessageEvent(inner: JsonObject, common: Common, self: Self): Event | undefined {
  const { subtype, type } = inner;
  if (subtype === "message_changed") return readChange(inner, common, self);
  if (subtype === "message_deleted") return readDeletion(inner, common, self);
  if (isNotice(subtype) || text(inner["ts"]) === undefined) return undefined;
  const message = readMessage(inner, {
    self,
    direct: common.conversation.kind === "direct",
    mention: type === "app_mention",
    at: common.at,
  });
  return event("message.created", { ...common, at: message.sentAt, actor: message.author }, { message });
}

/** Slack sends the same event for unfurls, counters of replies and streams. */
function readChange(inner: JsonObject, common: Common, self: Self): Event | undefined {
  const changed = subjectOf(inner);
  if (changed["subtype"] === "tombstone") return readDeletion({ ...inner, deleted_ts: changed["ts"] }, common, self);
  if (!isEdit(inner) || text(changed["ts"]) === undefined) return undefined;
  const message = readMessage(changed, { self, direct: common.conversation.kind === "direct", at: common.at });
  const before = record(inner["previous_message"]);
  const previous = readMessage(before, { self, direct: false, at: common.at });
  const editor = text(record(changed["edited"])["user"]);
  const actor = message.author.self || editor === undefined ? message.author : personOf(editor, self);
  const known = text(before["text"]) !== undefined;
  return event("message.edited", { ...common, actor }, { message, ...(known && { previousText: previous.text }) });
}

function readDeletion(inner: JsonObject, common: Common, self: Self): Event | undefined {
  const messageId = text(inner["deleted_ts"]) ?? text(record(inner["previous_message"])["ts"]);
  if (messageId === undefined) return undefined;
  // Who deleted it is not said. On Slack that is the author, moderators aside.
  const before = record(inner["previous_message"]);
  const actor = before["user"] === undefined && before["bot_id"] === undefined ? nobody : authorOf(before, self);
  return event("message.deleted", { ...common, actor }, { messageId });
}

/** True when a person or an app changed what a message says, or Slack put a tombstone in its place. */
export function isEdit(inner: JsonObject): boolean {
  const changed = record(inner["message"]);
  const edited = text(record(changed["edited"])["ts"]);
  const before = text(record(record(inner["previous_message"])["edited"])["ts"]);
  return changed["subtype"] === "tombstone" || (edited !== undefined && edited !== before);
}

function readReaction(kind: "reaction.added" | "reaction.removed", inner: JsonObject, common: Common): Event | undefined {
  const item = record(inner["item"]);
  const messageId = text(item["ts"]);
  const name = text(inner["reaction"]);
  if (messageId === undefined || name === undefined) return undefined;
  return event(kind, common, { messageId, emoji: emojiOf(name) ?? name });
}

function readMember(kind: "member.joined" | "member.left", inner: JsonObject, common: Common, self: Self): Event | undefined {
  const member = personOf(inner["user"], self);
  if (member === nobody) return undefined;
  const inviter = personOf(inner["inviter"], self);
  const by = inviter === nobody ? undefined : inviter;
  // That we came or went is news to handlers, although our own doings are not.
  const actor = by ?? (member.self ? nobody : member);
  const kindOfRoom = roomKind(common.conversation.address.room, inner["channel_type"] === "G" ? "group" : undefined);
  const conversation = { ...common.conversation, kind: kindOfRoom };
  return event(kind, { ...common, actor, conversation }, { member, ...(by && { by }) });
}

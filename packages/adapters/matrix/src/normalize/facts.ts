import type { EventKind, EventMap, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { eventId, object, redactedBy, relationOf, string, type Facts } from "../wire/index.ts";
import { messageOf, type Told } from "./message.ts";

/** What happened, without the envelope. */
export type Fact = { [K in EventKind]: { readonly kind: K } & EventMap[K] }[EventKind];

/** Types of event that say something. */
const messages: ReadonlySet<string> = new Set(["m.room.message", "m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start"]);

/** A user; what is no person says so by sending notices. */
export function userOf(id: string, account: string, content: JsonObject = {}): User {
  const name = string(content.displayname);
  const kind = id === account || content.msgtype === "m.notice" ? "bot" : id === "" ? "unknown" : "person";
  return {
    id,
    kind,
    self: id !== "" && id === account,
    ...(id.startsWith("@") ? { handle: id.slice(1) } : {}),
    ...(name === undefined || name === "" ? {} : { name }),
  };
}

/** What one event says happened: exactly one fact, whatever it is. */
export function factOf(event: JsonObject, told: Told, prefix: string): Fact {
  return known(event, told, prefix) ?? { kind: "platform.event", type: told.type };
}

function known(event: JsonObject, told: Told, prefix: string): Fact | undefined {
  const content = object(event.content);
  const id = eventId(event.event_id);
  if (id === undefined) return told.type === "m.receipt" ? receipt(event) : undefined;
  if (messages.has(told.type)) return said(id, content, told, prefix);
  if (told.type === "m.reaction") return reaction(content);
  if (told.type === "m.room.redaction") return redaction(event, told.facts);
  return told.type === "m.room.member" ? member(event, content, told) : undefined;
}

function said(id: string, content: JsonObject, told: Told, prefix: string): Fact | undefined {
  // A redacted message is told with nothing in it.
  if (Object.keys(content).length === 0) return undefined;
  const relation = relationOf(content);
  if (relation.type === "m.replace") {
    const { target } = relation;
    const fresh = content["m.new_content"];
    // Only its author may edit a message, which servers do not check.
    if (target === undefined || typeof fresh !== "object" || (told.facts.ours === true && !told.author.self)) return undefined;
    return { kind: "message.edited", message: messageOf(target, object(fresh), told, true) };
  }
  const message = messageOf(id, content, told);
  const notice = content.msgtype === "m.notice";
  const [, command, args = ""] =
    (prefix !== "" && !notice && message.text.startsWith(prefix) && invoked.exec(message.text.slice(prefix.length))) || [];
  if (command === undefined) return { kind: "message.created", message };
  return { kind: "command.invoked", command: command.toLowerCase(), args: args.trim(), messageId: id };
}

const invoked = /^([\p{L}\p{N}_][\p{L}\p{N}_-]{0,63})(?:\s+([^]*))?$/u;

function reaction(content: JsonObject): Fact | undefined {
  const { type, target, key } = relationOf(content);
  if (type !== "m.annotation" || target === undefined || key === undefined || key === "") return undefined;
  return { kind: "reaction.added", messageId: target, emoji: plainEmoji(key) };
}

/** The selector of an emoji's coloured face says nothing; other platforms leave it out. */
function plainEmoji(key: string): string {
  return /^\p{Emoji}\uFE0F$/u.test(key) ? key.slice(0, -1) : key;
}

function redaction(event: JsonObject, facts: Facts): Fact | undefined {
  if (facts.reaction)
    return { kind: "reaction.removed", messageId: facts.reaction.messageId, emoji: plainEmoji(facts.reaction.emoji) };
  const target = redactedBy(event);
  return target === undefined ? undefined : { kind: "message.deleted", messageId: target };
}

function member(event: JsonObject, content: JsonObject, { account, author }: Told): Fact | undefined {
  const who = string(event.state_key);
  if (who === undefined || who === "") return undefined;
  const before = string(object(object(event.unsigned).prev_content).membership) ?? "leave";
  const now = string(content.membership);
  const one = userOf(who, account, content);
  const by = author.id === who ? {} : { by: author };
  if (now === "join" && before !== "join") return { kind: "member.joined", member: one, ...by };
  if ((now === "leave" || now === "ban") && before === "join") return { kind: "member.left", member: one, ...by };
  return undefined;
}

/** Made by the reception: one mark of one reader on one of our messages. */
function receipt(event: JsonObject): Fact | undefined {
  const messageId = eventId(object(event.content).event_id);
  return messageId === undefined ? undefined : { kind: "receipt.updated", messageId, status: "read" };
}

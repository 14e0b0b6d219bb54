import type { Address, Conversation, Identity, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { roomKind } from "../capability.ts";
import { id, object, present, string } from "../wire/index.ts";

/** Who we are. The id is that of the account; the names need an identity. */
export interface Self {
  readonly id: string;
  readonly name?: string;
  readonly handle?: string;
}

/** Sender of service messages; see the sheet of the Bot API on `User`. */
const telegramItself = "777000";

/** Reads who we are. */
export function selfOf(account: string, identity: Identity | undefined): Self {
  return present({ id: account, name: identity?.user.name, handle: identity?.user.handle });
}

/** A `User` of the Bot API. */
export function personOf(user: JsonObject, self: Self): User {
  const userId = id(user.id) ?? "";
  const kind = userId === "" ? "unknown" : userId === telegramItself ? "system" : user.is_bot === true ? "bot" : "person";
  return present({
    id: userId,
    kind,
    self: userId === self.id,
    name: nameOf(user),
    handle: string(user.username),
  } satisfies User);
}

/** A chat that speaks: a channel, or an administrator who hides behind the group. Nobody can tell who it was. */
export function chatActor(chat: JsonObject, self = false): User {
  return present({
    id: id(chat.id) ?? "",
    kind: "unknown",
    self,
    name: nameOf(chat),
    handle: string(chat.username),
  } satisfies User);
}

/**
 * Who wrote a message. `own`: it is known to be ours though it does not say so. What a person sent through our inline mode,
 * and what we sent for a business, counts as ours, so that nothing answers itself.
 */
export function authorOf(message: JsonObject, self: Self, own: boolean): User {
  const through = id(object(message.via_bot).id) === self.id || id(object(message.sender_business_bot).id) === self.id;
  const senderChat = object(message.sender_chat);
  if (id(senderChat.id) === undefined) {
    const from = object(message.from);
    if (id(from.id) !== undefined) {
      const person = personOf(from, self);
      return through || own ? { ...person, self: true } : person;
    }
  }
  const chat = id(senderChat.id) === undefined ? object(message.chat) : senderChat;
  const signed = chat.type === "channel" && self.name !== undefined && message.author_signature === self.name;
  return chatActor(chat, own || through || signed);
}

/** The conversation at an address, with what the payload's chat tells about it. */
export function conversationOf(address: Address, chat: JsonObject): Conversation {
  const handle = string(chat.username);
  return present({
    address,
    kind: kindOf(address, chat),
    title: nameOf(chat),
    url: handle === undefined ? undefined : `https://t.me/${handle}`,
  });
}

function kindOf(address: Address, chat: JsonObject): Conversation["kind"] {
  if (chat.type === "channel") return "channel";
  if (chat.type === "private") return "direct";
  if (chat.type === "group" || chat.type === "supergroup") return "group";
  return roomKind(address.room) === "shared" ? "group" : "direct";
}

function nameOf(named: JsonObject): string | undefined {
  const full = [named.first_name, named.last_name].map(string).filter((part) => part !== undefined && part !== "");
  return string(named.title) ?? (full.length > 0 ? full.join(" ") : undefined);
}

import type { Content, Message, User } from "@devflow/gateway/contract";
import { lazy, plainText, type JsonObject } from "@devflow/gateway/kit";
import { id, object, present, text, timeOf } from "../wire/index.ts";
import { attachmentsOf } from "./attachment.ts";
import { readMarkup } from "./markup.ts";

/** Types of a message that say something to read or to look at. */
export const sayable: ReadonlySet<string> = new Set([
  "text",
  "image",
  "video",
  "audio",
  "document",
  "sticker",
  "location",
  "contacts",
  "unsupported",
]);

/** What the message is to be read as: its id and author, and the number that received it. */
export interface Frame {
  readonly id: string;
  readonly author: User;
  readonly account: string;
  /** Digits of our number, by which a quoted message of ours is known. */
  readonly own: string | undefined;
  readonly receivedAt: number;
  readonly editedAt?: number;
}

/** The text of a message, or beside its file, as it was typed. */
export function bodyOf(message: JsonObject): string {
  const type = text(message.type) ?? "";
  return text(object(message.text).body) ?? text(object(message[type]).caption) ?? "";
}

/** A message as this project has it. The payload marks no mentions, so in a group only an answer to us is for us. */
export function messageOf(message: JsonObject, frame: Frame): Message {
  const body = bodyOf(message);
  const context = object(message.context);
  const replied = id(context.id);
  const self = replied !== undefined && frame.own !== undefined && id(context.from) === frame.own;
  let content: Content | undefined;
  const read = (): Content => (content ??= readMarkup(body));
  const known = {
    id: frame.id,
    author: frame.author,
    text: /[*_~`>]/.test(body) ? plainText(read()) : body,
    attachments: attachmentsOf(message, frame.account),
    addressed: !frame.author.self && (id(message.group_id) === undefined || self),
    sentAt: timeOf(message.timestamp) ?? frame.receivedAt,
    ...(frame.editedAt === undefined ? {} : { editedAt: frame.editedAt }),
    ...(replied === undefined ? {} : { replyTo: present({ id: replied, self: self ? true : undefined }) }),
  };
  return lazy(known, { content: read });
}

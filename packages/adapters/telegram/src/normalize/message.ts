import type { Attachment, Content, Message } from "@devflow/gateway/contract";
import { lazy, plainText, type JsonObject } from "@devflow/gateway/kit";
import { id, number, object, present, string } from "../wire/index.ts";
import { attachmentsOf, unsupported } from "./attachment.ts";
import { contentOf, mentionsSelf } from "./entities.ts";
import { authorOf, type Self } from "./people.ts";
import { readRich } from "./rich.ts";

/** Fields that say something about a message and are not what it says. */
const envelope: ReadonlySet<string> = new Set([
  "message_id",
  "message_thread_id",
  "direct_messages_topic",
  "from",
  "sender_chat",
  "sender_boost_count",
  "sender_business_bot",
  "sender_tag",
  "receiver_user",
  "ephemeral_message_id",
  "date",
  "guest_query_id",
  "business_connection_id",
  "chat",
  "forward_origin",
  "is_topic_message",
  "is_automatic_forward",
  "reply_to_message",
  "external_reply",
  "quote",
  "reply_to_story",
  "reply_to_checklist_task_id",
  "reply_to_poll_option_id",
  "via_bot",
  "guest_bot_caller_user",
  "guest_bot_caller_chat",
  "edit_date",
  "has_protected_content",
  "is_from_offline",
  "is_paid_post",
  "media_group_id",
  "author_signature",
  "paid_star_count",
  "link_preview_options",
  "suggested_post_info",
  "effect_id",
  "entities",
  "caption",
  "caption_entities",
  "show_caption_above_media",
  "has_media_spoiler",
  "reply_markup",
]);

/** What was said, in the parts that an album joins. */
interface Said {
  readonly text: string;
  readonly content: () => Content;
  readonly attachments: readonly Attachment[];
  readonly mentioned: boolean;
}

/** One message, or the items of one album in the order of their ids. `own`: known to be ours though it names no sender. */
export function messageOf(items: readonly JsonObject[], self: Self, own: boolean): Message {
  const first = items[0] ?? {};
  const parts = items.map((item) => said(item, self));
  const texts = parts.map(({ text }) => text).filter((text) => text !== "");
  const author = authorOf(first, self, own);
  const replyTo = replyOf(first, self);
  const sentAt = (number(first.date) ?? 0) * 1000;
  const editedAt = number(first.edit_date);
  const known = {
    id: id(first.message_id) ?? "",
    author,
    text: texts.join("\n\n"),
    attachments: parts.flatMap((part) => part.attachments),
    addressed: isDirect(first) || replyTo?.self === true || parts.some(({ mentioned }) => mentioned),
    sentAt,
    ...(editedAt === undefined ? {} : { editedAt: editedAt * 1000 }),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
  return lazy(known, { content: () => parts.flatMap((part) => part.content()) });
}

function said(message: JsonObject, self: Self): Said {
  const attachments = attachmentsOf(message, self.id);
  if (typeof message.rich_message === "object" && message.rich_message !== null) {
    const rich = readRich(object(message.rich_message), self);
    return {
      text: plainText(rich.content),
      content: () => rich.content,
      attachments: [...attachments, ...rich.attachments],
      mentioned: rich.mentionsSelf,
    };
  }
  const plain = string(message.text);
  const text = plain ?? string(message.caption) ?? "";
  const entities = plain === undefined ? message.caption_entities : message.entities;
  return {
    text,
    content: () => contentOf(text, entities, self),
    // A caption belongs to something: without a text and a file, there is content that this adapter does not know yet.
    attachments: plain === undefined && attachments.length === 0 ? [unsupported(unknownField(message))] : attachments,
    mentioned: mentionsSelf(text, entities, self),
  };
}

function unknownField(message: JsonObject): string {
  return Object.keys(message).find((field) => !envelope.has(field)) ?? "message";
}

/** A business chat is direct as well; what its owner says in it is not for the bot. */
function isDirect(message: JsonObject): boolean {
  const chat = object(message.chat);
  return chat.type === "private" && (id(object(message.from).id) ?? id(chat.id)) === id(chat.id);
}

/** In a topic everything answers the message that opened it; that is no reply of a person's. */
function replyOf(message: JsonObject, self: Self): Message["replyTo"] {
  const target = object(message.reply_to_message);
  const targetId = id(target.message_id);
  if (targetId === undefined || "forum_topic_created" in target) return undefined;
  const ours = authorOf(target, self, false).self;
  return present({ id: targetId, self: ours ? true : undefined });
}

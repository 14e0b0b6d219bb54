import type { Message } from "@devflow/gateway/contract";
import { lazy, plainText, type JsonObject } from "@devflow/gateway/kit";
import { record, records, text, timestampMs } from "../wire/index.ts";
import { readContent } from "./blocks.ts";
import { readFile } from "./file.ts";
import { authorOf, type Self } from "./person.ts";

/** What a message does not say about itself. */
interface Setting {
  readonly self: Self;
  /** In a direct conversation everything is for us. */
  readonly direct: boolean;
  /** Slack delivered it as a mention. */
  readonly mention?: boolean;
  /** Milliseconds, for a message without a time of its own. */
  readonly at: number;
}

/** A text that is the same with and without reading its markup. */
const bare = /^[^<>&*_~`:\n]*$/;

/** Reads a message. Its text and content are worked out when they are asked for, and once. */
export function readMessage(message: JsonObject, { self, direct, mention = false, at }: Setting): Message {
  const written = text(message["text"]) ?? "";
  const simple = written !== "" && bare.test(written) && message["attachments"] === undefined;
  const thread = text(message["thread_ts"]);
  const reply = thread !== undefined && thread !== message["ts"];
  const parent = text(message["parent_user_id"]);
  const toUs = reply && parent !== undefined && self.users.includes(parent);
  const editedAt = timestampMs(record(message["edited"])["ts"]);
  const known = {
    id: text(message["ts"]) ?? "",
    author: authorOf(message, self),
    attachments: records(message["files"]).map(readFile),
    addressed: direct || mention || toUs || mentions(written, self),
    sentAt: timestampMs(message["ts"]) ?? at,
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(reply ? { replyTo: { id: thread, ...(parent === undefined ? {} : { self: toUs }) } } : {}),
  };
  const read: Message = lazy(known, {
    text: () => (simple ? written : plainText(read.content)),
    content: () => readContent(message, (user) => nameOf(user, self)),
  });
  return read;
}

/** Slack names people by id alone. To be called `U012ABC` in one's own messages helps nobody. */
function nameOf(user: string, self: Self): { readonly name?: string } {
  return self.users.includes(user) ? { name: `@${self.name ?? "bot"}` } : {};
}

/** A mention is a whole token, so no name can be mistaken for another that begins the same. */
function mentions(written: string, self: Self): boolean {
  return self.users.some((user) => written.includes(`<@${user}>`) || written.includes(`<@${user}|`));
}

/**
 * Subtypes of `message` that tell of the room and are no message. A deny-list: what Slack adds tomorrow is more likely
 * something that a person said.
 */
export function isNotice(subtype: unknown): boolean {
  return typeof subtype === "string" && notice.test(subtype);
}

const notice =
  /^(?:(?:channel|group)_(?:join|leave|topic|purpose|name|archive|unarchive|convert_to_private|convert_to_public|posting_permissions)|message_(?:replied|changed|deleted)|(?:un)?pinned_item|bot_(?:add|remove|enable|disable)|ekm_access_denied|reminder_(?:add|delete)|assistant_app_thread|sh_room_created|huddle_thread|joiner_notification|app_conversation_(?:join|leave)|bot_message_deleted)$/;

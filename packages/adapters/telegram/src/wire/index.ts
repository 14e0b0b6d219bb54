import type { Update } from "node-telegram-bot-api";

export {
  callbackKey,
  callbackLimitBytes,
  isShort,
  postedKey,
  reactionKey,
  readPress,
  shortData,
  writePress,
  type Press,
} from "./callback.ts";
export { chatParams, placeOf, type ChatParams } from "./place.ts";
export { messageFields, readUpdate, type ReadUpdate } from "./update.ts";
export { id, number, object, objects, present, string } from "./read.ts";

/** What Telegram sends, by `update_id`: the `raw` of every event. */
export type TelegramUpdate = Update;

/** One request of the Bot API, as plain JSON. */
export interface TelegramCall {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * What the formatter makes of an operation: the requests to make, in order. One is the rule; attachments that Telegram
 * cannot put into one album need several. `text` is the index of the call that carries the text, `reaction` the emoji that is
 * set or taken back.
 */
export interface TelegramBody extends Readonly<Record<string, unknown>> {
  readonly calls: readonly TelegramCall[];
  readonly text?: number;
  readonly reaction?: string;
}

/** Stands in a call for bytes that the sender takes from the store and uploads. */
export interface Upload {
  readonly stored: string;
  readonly name?: string;
  readonly mediaType?: string;
}

/** Kinds of file that Telegram keeps apart: a file id works only with the method of its kind. */
export type FileKind = "photo" | "video" | "animation" | "document" | "audio" | "voice" | "video_note" | "sticker";

/** A file on Telegram's servers. Its id belongs to one bot. */
export interface FileHandle {
  readonly account: string;
  readonly kind: FileKind;
  readonly fileId: string;
}

/** Spells a handle for `AttachmentSource.handle`. */
export function writeHandle({ account, kind, fileId }: FileHandle): string {
  return `${account}/${kind}/${fileId}`;
}

const handle = /^(\d+)\/(photo|video|animation|document|audio|voice|video_note|sticker)\/(.+)$/s;

/** Reads what {@link writeHandle} spelled; undefined for anything else, such as another platform's handle. */
export function readHandle(text: string): FileHandle | undefined {
  const [, account, kind, fileId] = handle.exec(text) ?? [];
  return account === undefined || fileId === undefined ? undefined : { account, kind: kind as FileKind, fileId };
}

/** Kinds of update that this adapter subscribes to unless told otherwise. Telegram leaves three of them out by default. */
export const defaultUpdates: readonly string[] = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_connection",
  "business_message",
  "edited_business_message",
  "deleted_business_messages",
  "message_reaction",
  "message_reaction_count",
  "callback_query",
  "my_chat_member",
  "chat_member",
  "chat_join_request",
  "chat_boost",
  "removed_chat_boost",
  "poll",
  "poll_answer",
];

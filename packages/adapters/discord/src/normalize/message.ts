import type { Attachment, Message } from "@devflow/gateway/contract";
import { lazy, plainText, type JsonObject } from "@devflow/gateway/kit";
import { flags, id, number, object, objects, present, scalar, text, timeOf, timeOfId } from "../wire/index.ts";
import { contentOf } from "./content.ts";
import { authorOf, type Self } from "./people.ts";

/** Messages that somebody wrote: plain, replies, and the results of commands. The other types are notices. */
const spoken: ReadonlySet<unknown> = new Set([0, 19, 20, 23]);
/** Type of the notice that somebody has joined the server. */
export const joinType = 7;
/** The first message in a thread, which only points to the one that it was started from. */
const starterType = 21;
const forwarded = 1;
/** A text that is the same with and without reading its markup. */
const bare = /^[^*_~|`<>#[\]\\@&:+\n-]*$/;

/** True for a message that is one, and not a notice. */
export function isSpoken({ type }: JsonObject): boolean {
  return type === undefined || spoken.has(type);
}

/** Reads a message. Its text and content are worked out when they are asked for, and once. `direct`: what is said is said to us. */
export function messageOf(given: JsonObject, self: Self, direct: boolean = id(given["guild_id"]) === undefined): Message {
  const message = given["type"] === starterType && given["referenced_message"] ? object(given["referenced_message"]) : given;
  const said = saidIn(message);
  const everyone = message["mention_everyone"] === true;
  const written = text(said["content"]) ?? "";
  const simple = written !== "" && bare.test(written) && objects(said["embeds"]).length === 0;
  const reply = replyOf(message, self);
  const known = id(message["id"]);
  const editedAt = timeOf(message["edited_timestamp"]);
  const plain = {
    id: known ?? "",
    author: authorOf(message, self),
    attachments: attachmentsOf(said),
    addressed: direct || isNamed(message, self) || reply?.self === true,
    sentAt: timeOf(message["timestamp"]) ?? (known === undefined ? 0 : timeOfId(known)),
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(reply === undefined ? {} : { replyTo: reply }),
  };
  const read: Message = lazy(plain, {
    text: () => (simple ? written : plainText(read.content)),
    content: () => contentOf({ ...said, mentions: message["mentions"] ?? said["mentions"] }, everyone),
  });
  return read;
}

/** What a forwarded message says stands only in the snapshot of the one that it forwards. */
function saidIn(message: JsonObject): JsonObject {
  if (number(object(message["message_reference"])["type"]) !== forwarded) return message;
  return object(objects(message["message_snapshots"])[0]?.["message"]);
}

/** `@everyone` names nobody. */
function isNamed(message: JsonObject, self: Self): boolean {
  return objects(message["mentions"]).some((user) => user["id"] === self.user);
}

function replyOf(message: JsonObject, self: Self): Message["replyTo"] {
  const { message_id, type } = object(message["message_reference"]);
  const about = id(message_id);
  if (about === undefined || type === forwarded || message["type"] !== 19) return undefined;
  const original = object(message["referenced_message"]);
  return original["author"] === undefined ? { id: about } : { id: about, self: authorOf(original, self).self };
}

/** Everything beside the text. */
function attachmentsOf(message: JsonObject): readonly Attachment[] {
  const voice = ((number(message["flags"]) ?? 0) & flags.voice) !== 0;
  const { question, answers } = object(message["poll"]);
  const asked = text(object(question)["text"]);
  const choices = objects(answers).map((answer) => text(object(answer["poll_media"])["text"]) ?? "");
  return [
    ...objects(message["attachments"]).map((file) => fileOf(file, voice)),
    ...objects(message["sticker_items"]).map(stickerOf),
    ...(message["poll"] ? [present({ kind: "poll", name: asked, alt: choices.join("\n") } satisfies Attachment)] : []),
  ];
}

function fileOf(file: JsonObject, voice: boolean): Attachment {
  const url = text(file["url"]);
  const mediaType = text(file["content_type"]);
  const [family] = (mediaType ?? "").split("/");
  const kind = voice ? "voice" : family === "image" || family === "video" || family === "audio" ? family : "file";
  return present({
    kind,
    source: url === undefined ? undefined : ({ type: "remote", handle: url } as const),
    name: text(file["filename"]),
    mediaType,
    bytes: number(file["size"]),
    alt: text(file["description"]),
  } satisfies Attachment);
}

const stickerForms: Readonly<Record<string, readonly [extension: string, mediaType: string]>> = {
  1: ["png", "image/png"],
  2: ["png", "image/apng"],
  3: ["json", "application/json"],
  4: ["gif", "image/gif"],
};

function stickerOf(sticker: JsonObject): Attachment {
  const [extension, mediaType] = stickerForms[scalar(sticker["format_type"])] ?? ["png", "image/png"];
  const known = id(sticker["id"]);
  const url = `https://media.discordapp.net/stickers/${known}.${extension}`;
  return present({
    kind: "sticker",
    source: known === undefined ? undefined : ({ type: "url", url } as const),
    name: text(sticker["name"]),
    mediaType,
    alt: text(sticker["name"]),
  } satisfies Attachment);
}

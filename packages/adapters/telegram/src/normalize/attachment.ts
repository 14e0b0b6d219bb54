import type { Attachment } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, number, object, objects, present, string, writeHandle, type FileKind } from "../wire/index.ts";

/** Files by the field of a message that holds them. An animation has a `document` beside it, for older programs. */
const files: readonly (readonly [field: string, kind: FileKind, attachment: Attachment["kind"]])[] = [
  ["animation", "animation", "video"],
  ["video", "video", "video"],
  ["video_note", "video_note", "video"],
  ["audio", "audio", "audio"],
  ["voice", "voice", "voice"],
  ["sticker", "sticker", "sticker"],
  ["document", "document", "file"],
];

/** Content without an equal in our model. */
const unnamed = ["story", "dice", "game", "checklist", "invoice", "giveaway", "giveaway_winners", "gift", "unique_gift"];

/** Everything beside the text of a message. */
export function attachmentsOf(message: JsonObject, account: string): readonly Attachment[] {
  return [
    ...photoOf(message.photo, account),
    ...livePhoto(message.live_photo, account),
    ...files
      .filter(([field]) => isThere(message[field]) && !(field === "document" && isThere(message.animation)))
      .map(([field, kind, attachment]) => fileOf(object(message[field]), kind, attachment, account)),
    ...objects(object(message.paid_media).paid_media).flatMap((media) => paidMedia(media, account)),
    ...placeOf(message),
    ...contactOf(message.contact),
    ...pollOf(message.poll),
    ...unnamed.filter((field) => isThere(message[field])).map((field) => unsupported(field, describe(object(message[field])))),
  ];
}

/** What was received and has no name here: shown, never dropped. */
export function unsupported(name: string, alt?: string): Attachment {
  return present({ kind: "unsupported", name, alt });
}

/** One file of Telegram's. Without an id it is still shown. */
export function fileOf(file: JsonObject, kind: FileKind, as: Attachment["kind"], account: string): Attachment {
  const fileId = id(file.file_id);
  return present({
    kind: as,
    source: fileId === undefined ? undefined : ({ type: "remote", handle: writeHandle({ account, kind, fileId }) } as const),
    name: string(file.file_name),
    mediaType: string(file.mime_type) ?? mediaTypeOf(file, kind),
    bytes: number(file.file_size),
    alt: kind === "sticker" ? string(file.emoji) : undefined,
  });
}

/** The largest of a photo's sizes, which comes last. */
export function photoOf(sizes: unknown, account: string): readonly Attachment[] {
  const largest = objects(sizes).at(-1);
  return largest ? [fileOf(largest, "photo", "image", account)] : [];
}

/** A place, as the Bot API's `Location` and a name. */
export function locationOf(location: JsonObject, title?: string): Attachment {
  const latitude = number(location.latitude);
  const longitude = number(location.longitude);
  if (latitude === undefined || longitude === undefined) return unsupported("location");
  return { kind: "location", location: present({ latitude, longitude, title }) };
}

function livePhoto(live: unknown, account: string): readonly Attachment[] {
  if (!isThere(live)) return [];
  return [...photoOf(object(live).photo, account), fileOf(object(live), "video", "video", account)];
}

function paidMedia(media: JsonObject, account: string): readonly Attachment[] {
  const found = [...photoOf(media.photo, account), ...livePhoto(media.live_photo, account)];
  if (isThere(media.video)) found.push(fileOf(object(media.video), "video", "video", account));
  // Until it is paid for there is a preview without a file.
  return found.length > 0 ? found : [unsupported("paid_media", string(media.type))];
}

function placeOf({ location, venue }: JsonObject): readonly Attachment[] {
  if (isThere(venue)) return [locationOf(object(object(venue).location), string(object(venue).title))];
  return isThere(location) ? [locationOf(object(location))] : [];
}

function contactOf(contact: unknown): readonly Attachment[] {
  if (!isThere(contact)) return [];
  const { first_name, last_name, phone_number } = object(contact);
  const name = [first_name, last_name].map(string).filter(Boolean).join(" ");
  return [{ kind: "contact", contact: present({ name, phone: string(phone_number) }) }];
}

function pollOf(poll: unknown): readonly Attachment[] {
  if (!isThere(poll)) return [];
  const { question, options } = object(poll);
  const choices = objects(options).map(({ text }) => string(text) ?? "");
  return [present({ kind: "poll", name: string(question), alt: choices.length > 0 ? choices.join("\n") : undefined })];
}

function describe(thing: JsonObject): string | undefined {
  const tasks = objects(thing.tasks).map(
    ({ text, completion_date }) => `${completion_date === undefined ? "☐" : "☑"} ${string(text) ?? ""}`,
  );
  const text = [thing.emoji, thing.value, thing.title, thing.description].filter(
    (part) => typeof part === "string" || typeof part === "number",
  );
  const lines = [text.join(" "), ...tasks].filter((line) => line !== "");
  return lines.length > 0 ? lines.join("\n") : undefined;
}

function mediaTypeOf(file: JsonObject, kind: FileKind): string | undefined {
  switch (kind) {
    case "photo":
      return "image/jpeg";
    case "video_note":
      return "video/mp4";
    case "sticker":
      if (file.is_animated === true) return "application/x-tgsticker";
      return file.is_video === true ? "video/webm" : "image/webp";
    default:
      return undefined;
  }
}

function isThere(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

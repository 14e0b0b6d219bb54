import type { Attachment, Identity, Message } from "@devflow/gateway/contract";
import { lazy, plainText, type JsonObject } from "@devflow/gateway/kit";
import { record, records, text, timeMs } from "../wire/index.ts";
import { actorOf } from "./person.ts";
import { filesOf, readRich } from "./text.ts";

/** What a comment does not say about itself. */
interface Setting {
  readonly identity: Identity | undefined;
  /** We wrote it. */
  readonly own: boolean;
  /** Fields of its issue, where they are at hand. */
  readonly fields: JsonObject;
  /** Milliseconds, for a comment without a time. */
  readonly at: number;
}

/** Reads a comment. Its text and content are worked out when they are asked for, and once. */
export function readMessage(comment: JsonObject, { identity, own, fields, at }: Setting): Message {
  const { body } = comment;
  const sentAt = timeMs(comment["created"]) ?? at;
  const updatedAt = timeMs(comment["updated"]);
  const parent = text(comment["parentId"]);
  const known = {
    id: text(comment["id"]) ?? "",
    author: actorOf(comment["author"], identity, own),
    attachments: attachmentsOf(body, fields),
    addressed: mentions(body, identity),
    sentAt,
    ...(updatedAt === undefined || updatedAt === sentAt ? {} : { editedAt: updatedAt }),
    ...(parent === undefined ? {} : { replyTo: { id: parent } }),
  };
  const read: Message = lazy(known, {
    text: () => plainText(read.content),
    content: () => readRich(body, { attachments: filesOf(fields) }),
  });
  return read;
}

/** A mention names an account id on Cloud and a user's name on Data Center, and ends with its bracket or its quote. */
function mentions(body: unknown, identity: Identity | undefined): boolean {
  if (identity === undefined || identity.user.id === "") return false;
  const names = [identity.user.id, ...(identity.user.handle === undefined ? [] : [identity.user.handle])];
  if (typeof body === "string") return names.some((name) => body.includes(`[~accountid:${name}]`) || body.includes(`[~${name}]`));
  return mentionedIn(body, names, 0);
}

const deepest = 60;

function mentionedIn(node: unknown, names: readonly string[], depth: number): boolean {
  const { type, attrs, content } = record(node);
  if (type === "mention") return names.includes(text(record(attrs)["id"]) ?? "");
  return depth < deepest && records(content).some((child) => mentionedIn(child, names, depth + 1));
}

/** Files of the issue that the comment shows: `!shot.png|thumbnail!`, `[^log.txt]`, and media by their name. */
function attachmentsOf(body: unknown, fields: JsonObject): readonly Attachment[] {
  const files = records(fields["attachment"]);
  if (files.length === 0) return [];
  const shown = typeof body === "string" ? wikiNames(body) : mediaNames(body, 0);
  return files.filter((file) => shown.has(text(file["filename"]) ?? "")).flatMap(readFile);
}

function wikiNames(body: string): ReadonlySet<string> {
  const found = body.matchAll(/!([^!|\n]{1,255})(?:\|[^!\n]{0,500})?!|\[(?:[^\]|\n]{0,255}\|)?\^([^\]|\n]{1,255})\]/g);
  return new Set(Array.from(found, ([, image, file]) => image ?? file ?? ""));
}

function mediaNames(node: unknown, depth: number): ReadonlySet<string> {
  const { type, attrs, content } = record(node);
  const name = type === "media" || type === "mediaInline" ? text(record(attrs)["alt"]) : undefined;
  const below = depth < deepest ? records(content).flatMap((child) => [...mediaNames(child, depth + 1)]) : [];
  return new Set(name === undefined ? below : [name, ...below]);
}

function readFile(file: JsonObject): readonly Attachment[] {
  const id = text(file["id"]);
  if (id === undefined || !/^\d{1,19}$/.test(id)) return [];
  const [name, mediaType] = [text(file["filename"]), text(file["mimeType"])];
  const kind = /^(image|video|audio)\//.exec(mediaType ?? "")?.[1] as "image" | "video" | "audio" | undefined;
  const bytes = file["size"];
  return [
    {
      kind: kind ?? "file",
      source: { type: "remote", handle: id },
      ...(name === undefined ? {} : { name }),
      ...(mediaType === undefined ? {} : { mediaType }),
      ...(typeof bytes === "number" && bytes >= 0 ? { bytes } : {}),
    },
  ];
}

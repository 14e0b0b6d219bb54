import type { Attachment, Message, User } from "@devflow/gateway/contract";
import { mentionsName, lazy, plainText, type JsonObject } from "@devflow/gateway/kit";
import { id, record, text, timeMs, unmarked, uploadAt, writeHandle } from "../wire/index.ts";
import { owned, personOf, type Self } from "./person.ts";
import type { Project } from "./project.ts";
import { readMarkdown } from "./references.ts";

/** What a note does not say about itself. */
export interface Setting {
  readonly project: Project;
  readonly self: Self;
  /** Who wrote it, where the note has an id alone. */
  readonly author?: User | undefined;
  /** Milliseconds, for a note without a time of its own. */
  readonly at: number;
}

/** A text that is the same with and without reading its markup. */
const bare = /^[^<>&*_~`@#!\\[\]|:\n]*$/;

/** Reads a note, as hooks and the API have it. Its text and content are worked out when they are asked for, and once. */
export function readNote(note: JsonObject, { project, self, author, at }: Setting): Message {
  const written = text(note["note"]) ?? text(note["body"]) ?? "";
  const sentAt = timeMs(note["created_at"]) ?? at;
  const updatedAt = timeMs(note["updated_at"]);
  const by = owned(author ?? personOf(note["author"]), self, written);
  const handle = self.identity?.user.handle;
  const words = unmarked(written);
  const known = {
    id: id(note["id"]) ?? "0",
    author: by,
    attachments: attachmentsIn(words, project),
    addressed: handle !== undefined && !by.self && mentionsName(words, handle),
    sentAt,
    ...(updatedAt !== undefined && updatedAt > sentAt ? { editedAt: updatedAt } : {}),
  };
  const read: Message = lazy(known, {
    text: () => (bare.test(words) ? words.trim() : plainText(read.content)),
    content: () => readMarkdown(written, project),
  });
  return read;
}

/** Id of whoever wrote a note, which its hook does not describe further. */
export function authorId(note: JsonObject): string | undefined {
  return id(record(note["author"])["id"]) ?? id(note["author_id"]);
}

const kinds: readonly (readonly [Attachment["kind"], RegExp])[] = [
  ["image", /\.(?:png|jpe?g|gif|webp|svg|bmp|ico|tiff?)$/i],
  ["video", /\.(?:mp4|m4v|mov|webm|ogv)$/i],
  ["audio", /\.(?:mp3|oga|ogg|wav|flac)$/i],
];

/** Uploads that a text links to. Where they are private, the account's token opens them. */
function attachmentsIn(words: string, project: Project): readonly Attachment[] {
  if (!words.includes("/uploads/")) return [];
  const found = new Map<string, Attachment>();
  for (const match of words.matchAll(/\]\(([^()\s]{1,2000})\)/g)) {
    const url = match[1] ?? "";
    const upload = isOurs(url, project) ? uploadAt(url, project.room) : undefined;
    if (upload === undefined) continue;
    const kind = kinds.find(([, ending]) => ending.test(upload.name))?.[0] ?? "file";
    const handle = writeHandle(upload);
    found.set(handle, { kind, source: { type: "remote", handle }, name: upload.name });
  }
  return [...found.values()];
}

/** A file of another project, or another host, is a link like any other. */
function isOurs(url: string, project: Project): boolean {
  if (url.startsWith("/")) return !url.startsWith("//");
  if (project.url === undefined) return false;
  const host = URL.parse(project.url)?.origin ?? "";
  return url.startsWith(`${project.url}/uploads/`) || (url.startsWith(`${host}/`) && /\/-\/project\/\d+\/uploads\//.test(url));
}

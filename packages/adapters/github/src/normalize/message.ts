import type { Content, Message } from "@devflow/gateway/contract";
import { lazy, mentionsName, parseMarkdown, plainText, type JsonObject } from "@devflow/gateway/kit";
import { idOf, text, timeOf, unmarked } from "../wire/index.ts";
import { authorOf, type Self } from "./person.ts";

/** A text that is the same with and without reading its markup. */
const bare = /^[^\\<>&*_~`[\]#|:+\-=\r\n@]*$/;

/** The text of a body as a tree. */
export function readContent(body: string): Content {
  return parseMarkdown(unmarked(body), { html: true });
}

/** Reads a comment. Its text and content are worked out when they are asked for, and once. */
export function readMessage(comment: JsonObject, self: Self, at: number): Message {
  const body = text(comment["body"]) ?? "";
  const created = timeOf(comment["created_at"]);
  const updated = timeOf(comment["updated_at"]);
  const answered = idOf(comment["in_reply_to_id"]);
  const message = {
    id: idOf(comment["id"]) ?? "",
    author: authorOf(comment, self),
    attachments: [],
    addressed: self.name !== "" && body.toLowerCase().includes(`@${self.name}`) && mentionsName(readContent(body), self.name),
    sentAt: created ?? at,
    ...(updated !== undefined && created !== undefined && updated > created ? { editedAt: updated } : {}),
    ...(answered === undefined ? {} : { replyTo: { id: answered } }),
  };
  const read: Message = lazy(message, {
    content: (): Content => readContent(body),
    text: (): string => (bare.test(body) ? body.trim() : plainText(read.content)),
  });
  return read;
}

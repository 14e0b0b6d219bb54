import type { Content, Message } from "@devflow/gateway/contract";
import { mentionsName, parseMarkdown, plainText, type JsonObject } from "@devflow/gateway/kit";
import { idOf, text, timeOf, unmarked } from "../wire/index.ts";
import { authorOf, type Self } from "./person.ts";
import { withoutComments } from "./remark.ts";

/** A text that is the same with and without reading its markup. */
const bare = /^[^\\<>&*_~`[\]#|:+\-=\r\n@]*$/;

/** The text of a body as a tree. Remarks in HTML, which GitHub does not show, are left out. */
export function readContent(body: string): Content {
  return parseMarkdown(withoutComments(unmarked(body)));
}

/** Reads a comment. Its text and content are worked out when they are asked for, and once. */
export function readMessage(comment: JsonObject, self: Self, at: number): Message {
  const body = text(comment["body"]) ?? "";
  let content: Content | undefined;
  let plain: string | undefined;
  const created = timeOf(comment["created_at"]);
  const updated = timeOf(comment["updated_at"]);
  const answered = idOf(comment["in_reply_to_id"]);
  const message: Message = {
    id: idOf(comment["id"]) ?? "",
    author: authorOf(comment, self),
    get text() {
      return (plain ??= bare.test(body) ? body.trim() : plainText(this.content));
    },
    get content() {
      return (content ??= readContent(body));
    },
    attachments: [],
    addressed: self.name !== "" && body.toLowerCase().includes(`@${self.name}`) && mentions(body, self.name),
    sentAt: created ?? at,
    ...(updated !== undefined && created !== undefined && updated > created ? { editedAt: updated } : {}),
    ...(answered === undefined ? {} : { replyTo: { id: answered } }),
  };
  return message;
}

/** What stands in code, a quote of code or a link is no mention, as on GitHub. */
function mentions(body: string, name: string): boolean {
  return mentionsName(readContent(body), name);
}

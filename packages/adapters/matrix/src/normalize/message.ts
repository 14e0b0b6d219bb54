import type { Content, Message, User } from "@devflow/gateway/contract";
import { lazy, plainText, type JsonObject } from "@devflow/gateway/kit";
import { object, relationOf, string, type Facts } from "../wire/index.ts";
import { mediaOf } from "./attachment.ts";
import { contentOf } from "./html.ts";

/** Where and by whom something was said. */
export interface Told {
  readonly account: string;
  readonly author: User;
  readonly facts: Facts;
  /** Type of the event. */
  readonly type: string;
  readonly at: number;
}

/** A message. `content` is that of the event, or the new one of an edit; `id` is that of the original. */
export function messageOf(id: string, content: JsonObject, { account, author, facts, type, at }: Told, edited = false): Message {
  const msgtype = type === "m.room.message" ? (string(content.msgtype) ?? "") : type;
  const { attachments, said } = mediaOf(msgtype, content);
  const { replyTo } = relationOf(content);
  const body = said ? bodyOf(content, replyTo !== undefined) : "";
  const html = said && content.format === "org.matrix.custom.html" ? string(content.formatted_body) : undefined;
  let tree: Content | undefined;
  const read = (): Content => (tree ??= html === undefined ? paragraphs(body) : contentOf(html));
  const words = html === undefined ? body : plainText(read());
  const mentions = object(content["m.mentions"]).user_ids;
  const mentioned = Array.isArray(mentions) && mentions.includes(account);
  const ours = replyTo !== undefined && facts.ours === true;
  const known = {
    id,
    author,
    text: msgtype === "m.emote" ? `* ${words}` : words,
    attachments,
    // What a notice says is never answered: that is how programs keep from talking to each other for ever.
    addressed: msgtype !== "m.notice" && (facts.direct === true || mentioned || ours),
    sentAt: at,
    ...(edited ? { editedAt: at } : {}),
    ...(replyTo === undefined ? {} : { replyTo: { id: replyTo, ...(ours ? { self: true } : {}) } }),
  };
  return lazy(known, { content: read });
}

/** The body, without the quotation that older clients put before a reply. */
function bodyOf(content: JsonObject, reply: boolean): string {
  const body = string(content.body) ?? "";
  if (!reply || !body.startsWith("> <")) return body;
  return body.replace(/^(?:> ?[^\n]*(?:\n|$))+\n?/, "");
}

function paragraphs(body: string): Content {
  return body
    .split(/\n{2,}/)
    .filter((part) => part.trim() !== "")
    .map((value) => ({ type: "paragraph", children: [{ type: "text", value }] }));
}

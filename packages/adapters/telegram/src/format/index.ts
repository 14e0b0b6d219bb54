import type { Address, Content, Formatter, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { degrade, GatewayError, parseMarkdown, splitContent } from "@devflow/gateway/kit";
import { capabilities, roomKind } from "../capability.ts";
import type { TelegramBody, TelegramCall } from "../wire/index.ts";
import { measureHtml, renderHtml } from "./html.ts";
import { pressable, type Pressable } from "./keyboard.ts";
import { inputMedia, mediaCalls, withCaption } from "./media.ts";

export { plainOf } from "./plain.ts";

type Params = Readonly<Record<string, unknown>>;

/** Previews of links are off: an answer must not grow a picture because it names a page. `draft.native` can turn them on. */
const unpreviewed = { link_preview_options: { is_disabled: true } };

/**
 * Words of the Bot API for each operation. Chat and message ids are left to the sender, because a conversation may move and a
 * message may not be sent yet when this runs.
 */
export const formatter: Formatter = { measure, format };

/** UTF-16 units of the text that people see. What a keyboard cannot say is part of it. */
function measure(content: Content): number {
  const { content: text, extra } = pressable(content);
  return measureHtml([...text, ...extra]);
}

function format(operation: Operation, to: Address): TelegramBody {
  switch (operation.kind) {
    case "message.post":
    case "stream.end":
      return post(operation.draft, to);
    case "message.edit":
      return { calls: [edit(operation.draft, to)] };
    case "message.delete":
      return one(roomKind(to.room) === "business" ? "deleteBusinessMessages" : "deleteMessage");
    case "reaction.add":
      return { ...one("setMessageReaction", { reaction: [reaction(operation.emoji)] }), reaction: bare(operation.emoji) };
    case "reaction.remove":
      return { ...one("setMessageReaction", { reaction: [] }), reaction: bare(operation.emoji) };
    case "typing.start":
      return one("sendChatAction", { action: "typing" });
    case "stream.begin":
      return one("sendMessageDraft", preview(operation.text, to));
    case "stream.append":
      return one("sendMessageDraft", preview(operation.full, to));
    default:
      throw new GatewayError(
        "operation.unsupported",
        `telegram: there is no ${operation.kind} here. Ask with a message and its buttons.`,
        {
          platform: "telegram",
          account: to.account,
        },
      );
  }
}

function one(method: string, params: Params = {}): TelegramBody {
  return { calls: [{ method, params }] };
}

function post(draft: PreparedDraft, to: Address): TelegramBody {
  if (draft.onlyFor && !(roomKind(to.room) === "private" && to.room === draft.onlyFor)) {
    throw rejected("operation.unsupported", "only a person's own chat is for that person alone; send it there", to);
  }
  const parts = pressable(draft.content);
  const files = mediaCalls(draft.attachments, to.account);
  const calls: TelegramCall[] = [];
  let text = 0;
  const html = renderHtml([...parts.content, ...parts.extra]);
  const [first, ...rest] = files.calls;
  if (first && files.captioned && html !== "" && parts.rows.length === 0) {
    calls.push(withCaption(first, { caption: html, parse_mode: "HTML" }), ...rest);
  } else {
    calls.push(...texts(parts, html, to));
    text = Math.max(0, calls.length - 1);
    calls.push(...files.calls);
  }
  const leading = calls[0];
  if (!leading) throw rejected("content.rejected", "there is nothing to send", to);
  calls[0] = { ...leading, params: { ...leading.params, ...replyParams(draft.replyTo) } };
  const common = draft.silent === true ? { disable_notification: true } : {};
  const native = draft.native?.telegram ?? {};
  return {
    calls: calls.map(({ method, params }, at) => ({ method, params: { ...params, ...common, ...(at === text ? native : {}) } })),
    ...(text === 0 ? {} : { text }),
  };
}

/** The text with its keyboard; two messages in the rare case that titles of selects make it too long for one. */
function texts(parts: Pressable, html: string, to: Address): TelegramCall[] {
  const markup = keyboard(parts);
  if (html === "") return parts.rows.length === 0 ? [] : [message("…", markup)];
  const { limit } = capabilities(to).text;
  if (parts.content.length === 0 || parts.extra.length === 0 || measureHtml([...parts.content, ...parts.extra]) <= limit) {
    return [message(html, markup)];
  }
  return [message(renderHtml(parts.content), {}), message(renderHtml(parts.extra), markup)];
}

function message(text: string, markup: Params): TelegramCall {
  return { method: "sendMessage", params: { text, parse_mode: "HTML", ...unpreviewed, ...markup } };
}

function keyboard({ rows }: Pressable): Params {
  return rows.length === 0 ? {} : { reply_markup: { inline_keyboard: rows } };
}

/** An edit says how the message is afterwards: without actions its keyboard goes. */
function edit(draft: PreparedDraft, to: Address): TelegramCall {
  const parts = pressable(draft.content);
  const html = renderHtml([...parts.content, ...parts.extra]);
  const native = draft.native?.telegram ?? {};
  const markup = keyboard(parts);
  const [file, ...more] = draft.attachments;
  if (more.length > 0) throw rejected("content.rejected", "an edited message has one attachment at most", to);
  if (file) {
    const caption = html === "" ? {} : { caption: html, parse_mode: "HTML" };
    return {
      method: "editMessageMedia",
      params: { media: { ...inputMedia(file, to.account), ...caption }, ...markup, ...native },
    };
  }
  if (html !== "")
    return { method: "editMessageText", params: { text: html, parse_mode: "HTML", ...unpreviewed, ...markup, ...native } };
  if (parts.rows.length > 0) return { method: "editMessageReplyMarkup", params: { ...markup, ...native } };
  throw rejected("content.rejected", "an edit that leaves nothing is a deletion; delete the message instead", to);
}

/** A deleted target must not cost the answer: it is then sent without the reference. */
function replyParams(replyTo: string | undefined): Params {
  const message_id = Number(replyTo);
  if (!Number.isSafeInteger(message_id) || message_id <= 0) return {};
  return { reply_parameters: { message_id, allow_sending_without_reply: true } };
}

/** A bot's custom emoji are named by their ids. The list of plain ones is Telegram's, which spells them without selectors. */
function reaction(emoji: string): Params {
  if (/^\d{5,}$/.test(emoji)) return { type: "custom_emoji", custom_emoji_id: emoji };
  return { type: "emoji", emoji: bare(emoji) };
}

function bare(emoji: string): string {
  return emoji.replaceAll("\u{FE0F}", "");
}

/** What an open stream shows. Written like any other message; without text Telegram shows that we are thinking. */
function preview(text: string, to: Address): Params {
  const table = capabilities(to);
  const { content } = degrade(parseMarkdown(text), table);
  const [first] = splitContent(content, table.text.limit, measure);
  const html = first === undefined ? "" : renderHtml(first);
  return html === "" ? {} : { text: html, parse_mode: "HTML" };
}

function rejected(code: "content.rejected" | "operation.unsupported", what: string, to: Address): GatewayError {
  return new GatewayError(code, `telegram: ${what}.`, { platform: "telegram", account: to.account });
}

import { hash } from "node:crypto";

/** Most bytes that `callback_data` may have. Source: Bot API, InlineKeyboardButton. */
export const callbackLimitBytes = 64;

/** What a pressed button says. */
export interface Press {
  readonly action: string;
  readonly value?: string;
}

const keyed = "~~";

/**
 * Spells a button's id and value in one text of any length. A plain id stays as it is, so that handlers and people can read
 * it; a value makes it `~<id>~<value>`.
 */
export function writePress({ action, value }: Press): string {
  if (value === undefined && action !== "" && !action.startsWith("~")) return action;
  return `~${escapeId(action)}${value === undefined ? "" : `~${value}`}`;
}

/** Reads what {@link writePress} spelled. Undefined for a key whose text is not known any more. */
export function readPress(data: string): Press | undefined {
  if (data.startsWith(keyed)) return undefined;
  if (!data.startsWith("~")) return { action: data };
  const end = data.indexOf("~", 1);
  if (end === -1) return { action: unescapeId(data.slice(1)) };
  return { action: unescapeId(data.slice(1, end)), value: data.slice(end + 1) };
}

/** The stand-in for data that is too long: the same for the same data, so that a repeated send stores nothing twice. */
export function shortData(data: string): string {
  return keyed + hash("sha256", data, "base64url").slice(0, 32);
}

/** True for data that {@link shortData} made. */
export function isShort(data: string): boolean {
  return data.startsWith(keyed);
}

/** Where the full data of a stand-in is kept in the adapter's memory. */
export function callbackKey(account: string, short: string): string {
  return `callback/${account}/${short.slice(keyed.length)}`;
}

/** Where it is kept that a post in a channel is ours. */
export function postedKey(account: string, chat: string, messageId: string): string {
  return `posted/${account}/${chat}/${messageId}`;
}

/** Where it is kept which reaction to a message is ours. */
export function reactionKey(account: string, chat: string, messageId: string | undefined): string {
  return `reaction/${account}/${chat}/${messageId ?? ""}`;
}

/** An empty id is a lone `%`: nothing may begin with two tildes but a stand-in. */
function escapeId(text: string): string {
  return text === "" ? "%" : text.replaceAll("%", "%25").replaceAll("~", "%7E");
}

function unescapeId(text: string): string {
  return text === "%" ? "" : text.replaceAll("%7E", "~").replaceAll("%25", "%");
}

import { hash } from "node:crypto";

/** Longest id of a row; a button's may be longer, and is not. Source: Cloud API, interactive lists. */
export const pressLimit = 200;

/** What a pressed button or a chosen row says. */
export interface Press {
  readonly action: string;
  readonly value?: string;
}

const keyed = "~~";

/** Spells an action's id and value in one text of any length. A plain id stays as it is, so that people can read it. */
export function writePress({ action, value }: Press): string {
  if (value === undefined && action !== "" && !action.startsWith("~")) return action;
  return `~${encodeURIComponent(action.toWellFormed()).replaceAll("~", "%7E") || "%"}${value === undefined ? "" : `~${value}`}`;
}

/** Reads what {@link writePress} spelled. Undefined for a stand-in whose text is not known any more. */
export function readPress(spelled: string): Press | undefined {
  if (spelled.startsWith(keyed)) return undefined;
  if (!spelled.startsWith("~")) return { action: spelled };
  const end = spelled.indexOf("~", 1);
  if (end === -1) return { action: decoded(spelled.slice(1)) };
  return { action: decoded(spelled.slice(1, end)), value: spelled.slice(end + 1) };
}

/** The stand-in for what is too long: the same for the same text, so that a repeated send stores nothing twice. */
export function shortPress(spelled: string): string {
  return keyed + hash("sha256", spelled, "base64url").slice(0, 32);
}

/** True for what {@link shortPress} made. */
export function isShort(spelled: string): boolean {
  return spelled.startsWith(keyed);
}

/** Where the full text of a stand-in is kept in the adapter's memory. */
export function pressKey(account: string, short: string): string {
  return `press/${account}/${short.slice(keyed.length)}`;
}

function decoded(name: string): string {
  if (name === "%") return "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

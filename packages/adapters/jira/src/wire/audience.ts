import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { record, text } from "./read.ts";

/** Who may see a comment, where that is not everybody who sees the issue. In the words of the API. */
export interface Audience {
  /** A role or a group. */
  readonly visibility?: { readonly type: string; readonly value: string };
  /** Agents of a service desk alone. */
  readonly internal?: true;
}

/** Audience of a comment; undefined when everybody sees it who sees the issue. */
export function audienceOf(comment: JsonObject): Audience | undefined {
  const { type, value } = record(comment["visibility"]);
  const [kind, name] = [text(type), text(value)];
  const limited = kind !== undefined && name !== undefined;
  if (!limited && comment["jsdPublic"] !== false) return undefined;
  return {
    ...(limited ? { visibility: { type: kind, value: name } } : {}),
    ...(comment["jsdPublic"] === false ? { internal: true } : {}),
  };
}

/** The route of an address, by which an answer to such a comment has the same audience. */
export function writeRoute(audience: Audience): string {
  return JSON.stringify(audience);
}

/** What {@link writeRoute} wrote; empty for any other text. */
export function readRoute(route: string | undefined): Audience {
  if (route?.startsWith("{") !== true) return {};
  try {
    const value: unknown = JSON.parse(route);
    if (!isObject(value)) return {};
    return audienceOf({ visibility: value["visibility"], jsdPublic: value["internal"] !== true }) ?? {};
  } catch {
    return {};
  }
}

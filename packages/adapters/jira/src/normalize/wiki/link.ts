import type { Inline } from "@devflow/gateway/contract";
import { safeUrl } from "@devflow/gateway/kit";
import { attached } from "../attached.ts";
import type { ReadContext } from "../adf/node.ts";
import { bareLine, plain } from "./literal.ts";

/** Where each of a few characters stands next, without a backslash before it; each place is looked at once. */
export interface Signposts {
  next(char: "[" | "]" | "!" | "|", from: number): number;
}

/** Signposts of one text. */
export function signpostsOf(source: string): Signposts {
  const places = new Map<string, readonly number[]>();
  const cursors = new Map<string, number>();
  const find = (char: string): number[] => {
    const found: number[] = [];
    for (let at = 0; at < source.length; at++) {
      if (source[at] === "\\") at++;
      else if (source[at] === char) found.push(at);
    }
    return found;
  };
  return {
    next(char, from) {
      const list = places.get(char) ?? find(char);
      places.set(char, list);
      let cursor = cursors.get(char) ?? 0;
      if ((list[cursor - 1] ?? -1) >= from) cursor = 0;
      while ((list[cursor] ?? Number.POSITIVE_INFINITY) < from) cursor++;
      cursors.set(char, cursor);
      return list[cursor] ?? -1;
    },
  };
}

/** What was found, and where it ends. */
export interface Found {
  readonly node: Inline;
  readonly end: number;
}

/** The link, mention or file in the brackets that begin at `at`. `label` reads what stands before the pipe. */
export function bracketAt(
  source: string,
  at: number,
  signs: Signposts,
  { context, label }: { readonly context: ReadContext; readonly label: (text: string) => Inline[] },
): Found | undefined {
  const close = signs.next("]", at + 1);
  if (close < 0) return undefined;
  const inner = signs.next("[", at + 1);
  if (inner >= 0 && inner < close) return undefined;
  const end = close + 1;
  const bar = signs.next("|", at + 1);
  const body = source.slice(at + 1, close).trim();
  if (bar < 0 || bar > close) {
    const [, id] = /^~(?:accountid:)?([^\s\\|]{1,255})$/i.exec(body) ?? [];
    if (id !== undefined) return { node: { type: "mention", target: "user", id }, end };
    if (/^\^[^\s|]/.test(body)) return { node: attached(plain(body.slice(1)), context), end };
    const url = linkUrl(body);
    return url === undefined ? undefined : { node: { type: "link", url, children: [{ type: "text", value: url }] }, end };
  }
  const said = bareLine(source.slice(at + 1, bar));
  const [target = ""] = source.slice(bar + 1, close).split("|", 1);
  const url = linkUrl(target.trim());
  if (url === undefined) return undefined;
  const children = label(said);
  return { node: { type: "link", url, children: children.length === 0 ? [{ type: "text", value: url }] : children }, end };
}

function linkUrl(target: string): string | undefined {
  return target.includes("\\") ? undefined : safeUrl(target, ["https", "http", "mailto", "ftp"]);
}

/** The image between exclamation marks that begins at `at`: one of the web, or one of the files. */
export function imageAt(source: string, at: number, signs: Signposts, context: ReadContext): Found | undefined {
  const close = signs.next("!", at + 1);
  if (close < 0 || close === at + 1) return undefined;
  const bar = signs.next("|", at + 1);
  const named = bar < 0 || bar > close;
  const name = source.slice(at + 1, named ? close : bar);
  if (name.length > 2000 || /^\s|[\n\\]|\s$/.test(name)) return undefined;
  const end = close + 1;
  const url = safeUrl(name, ["https", "http"]);
  if (url === undefined) return /^[^:/*?"<>[\]{}]*\.\w{2,5}$/.test(name) ? { node: attached(name, context), end } : undefined;
  const parameters = named ? [] : source.slice(bar + 1, close).split(/[,|]/);
  const [, alt = ""] = /^\s*alt=(.*)$/s.exec(parameters.find((one) => /^\s*alt=/.test(one)) ?? "") ?? [];
  return { node: { type: "image", url, ...(alt === "" ? {} : { alt: plain(alt) }) }, end };
}

import { unescape } from "./entity.ts";

/** Where a link leads, and where in the source it ends. */
export interface Destination {
  readonly url: string;
  readonly title: string | undefined;
  readonly end: number;
}

const gap = /[ \t\n]*/y;
const angled = /<((?:\\.|[^\n<>\\])*)>/y;
const closers: Readonly<Record<string, string>> = { '"': '"', "'": "'", "(": ")" };
/** Parentheses within a destination; a bound, so that unclosed ones cost no second look at the rest of the text. */
const maxParens = 32;

/** Reads `url "title")`, from behind the opening parenthesis. */
export function destinationAt(source: string, from: number): Destination | undefined {
  let at = skip(source, from);
  let raw: string;
  if (source[at] === "<") {
    angled.lastIndex = at;
    const match = angled.exec(source);
    if (match === null) return undefined;
    raw = match[1] ?? "";
    at = angled.lastIndex;
  } else {
    const end = plainEnd(source, at);
    if (end === undefined) return undefined;
    raw = source.slice(at, end);
    at = end;
  }
  let end = skip(source, at);
  let title: string | undefined;
  if (end > at && source[end] !== ")") {
    const titleEnd = closing(source, end);
    if (titleEnd === undefined) return undefined;
    title = unescape(source.slice(end + 1, titleEnd));
    end = skip(source, titleEnd + 1);
  }
  return source[end] === ")" ? { url: unescape(raw), title, end: end + 1 } : undefined;
}

function skip(source: string, at: number): number {
  gap.lastIndex = at;
  gap.exec(source);
  return gap.lastIndex;
}

function plainEnd(source: string, from: number): number | undefined {
  let open = 0;
  for (let at = from; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 0x5c && at + 1 < source.length && source.charCodeAt(at + 1) > 0x20) at++;
    else if (code === 0x28 && ++open > maxParens) return undefined;
    else if (code === 0x29 && --open < 0) return at;
    else if (code <= 0x20 || code === 0x7f) return open === 0 ? at : undefined;
  }
  return undefined;
}

function closing(source: string, from: number): number | undefined {
  const opener = source.charAt(from);
  const closer = closers[opener];
  if (closer === undefined) return undefined;
  for (let at = from + 1; at < source.length; at++) {
    const char = source[at];
    if (char === "\\") at++;
    else if (char === closer) return at;
    else if (char === "(" && opener === "(") return undefined;
  }
  return undefined;
}

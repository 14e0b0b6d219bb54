import type { Inline, Link, Mention } from "../../contract/index.ts";
import { emailAt, urlAt } from "./autolink.ts";
import {
  append,
  appendDelimiter,
  depthBetween,
  maxDepth,
  newChain,
  nodesBetween,
  replaceBetween,
  resolve,
  type Chain,
  type Piece,
} from "./delimiter.ts";
import { destinationAt } from "./destination.ts";
import { entityAt } from "./entity.ts";
import { flattened } from "../text.ts";
import { lineBreakEnd, tagEnd } from "./tag.ts";

/** Targets of reference links, by {@link label}. */
export type References = Readonly<Record<string, { readonly href: string; readonly title?: string | null }>>;

/** A `[` or `![` that may become a link or an image. */
interface Bracket {
  readonly piece: Piece;
  readonly image: boolean;
  /** Index in the source behind it. */
  readonly from: number;
  /** Index of the first delimiter after it. */
  readonly floor: number;
  /** True when another bracket follows it, so that its text cannot be a reference's name. */
  nested: boolean;
}

interface State {
  readonly source: string;
  readonly references: References | undefined;
  readonly chain: Chain;
  readonly brackets: Bracket[];
  /** Brackets below this height may not become links: they hold one. */
  barred: number;
  /** Where the text begins that is not in the chain yet. */
  from: number;
  readonly missing: Set<string>;
  ticks: Map<number, number[]> | undefined;
}

const special = /[\\`*_~|\]<&\n@]|!?\[|[hH][tT][tT][pP][sS]?:\/\/|[wW]{3}\./g;
const punctuation = /[\p{P}\p{S}]/u;
const eastAsian = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]/u;
const autolink =
  /<(?:([a-zA-Z][a-zA-Z\d+.-]{1,31}:[^\s<>\p{Cc}]*)|([\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z\d-]+(?:\.[a-zA-Z\d-]+)*))>/uy;

/**
 * Reads the inline marks of one block. One pass with a stack, as CommonMark describes it: the time is linear in the length,
 * whatever the text. Line feeds stay in the text.
 */
export function parseInline(source: string, references?: References): Inline[] {
  if (source.search(special) < 0) return source === "" ? [] : [{ type: "text", value: source }];
  const state: State = {
    source,
    references,
    chain: newChain(),
    brackets: [],
    barred: 0,
    from: 0,
    missing: new Set(),
    ticks: undefined,
  };
  let at = 0;
  while (at < source.length) {
    special.lastIndex = at;
    const match = special.exec(source);
    if (match === null) break;
    at = step(state, match[0], match.index);
  }
  flush(state, source.length);
  resolve(state.chain, 0);
  return nodesBetween(state.chain.head, undefined);
}

/** Handles what stands at `at`; returns where to look on. What is not handled stays text. */
function step(state: State, token: string, at: number): number {
  const { source, chain } = state;
  switch (token) {
    case "\\":
      return escape(state, at);
    case "\n":
      return newline(state, at, at);
    case "&": {
      const entity = entityAt(source, at);
      return entity === undefined ? at + 1 : put(state, at, entity.end, entity.value);
    }
    case "`":
      return codeSpan(state, at);
    case "*":
    case "_":
    case "~":
    case "|":
      return delimiter(state, token, at);
    case "[":
    case "![": {
      flush(state, at);
      const outer = state.brackets.at(-1);
      if (outer !== undefined) outer.nested = true;
      const from = at + token.length;
      state.brackets.push({ piece: append(chain, token), image: token !== "[", from, floor: chain.delimiters, nested: false });
      return (state.from = from);
    }
    case "]":
      return closeBracket(state, at);
    case "<":
      return angle(state, at);
    case "@": {
      const found = emailAt(source, at, state.from);
      return found === undefined ? at + 1 : putBare(state, found);
    }
    default: {
      const found = urlAt(source, at, token, state.brackets.length > 0);
      return found === undefined ? at + token.length : putBare(state, found);
    }
  }
}

function flush(state: State, to: number): void {
  if (to > state.from) append(state.chain, state.source.slice(state.from, to));
  state.from = to;
}

function put(state: State, from: number, to: number, text: string, node?: Inline): number {
  flush(state, from);
  append(state.chain, text, node);
  return (state.from = to);
}

function putBare(state: State, found: { readonly from: number; readonly end: number; readonly url: string }): number {
  const value = state.source.slice(found.from, found.end);
  put(state, found.from, found.end, "", { type: "link", url: found.url, children: [{ type: "text", value }] });
  state.chain.tail.bare = true;
  return found.end;
}

function escape(state: State, at: number): number {
  const next = state.source.charCodeAt(at + 1);
  if (next === 0x0a) return newline(state, at, at + 1);
  const mark =
    (next > 0x20 && next < 0x30) || (next > 0x39 && next < 0x41) || (next > 0x5a && next < 0x61) || (next > 0x7a && next < 0x7f);
  if (!mark) return at + 1;
  flush(state, at);
  state.from = at + 1;
  return at + 2;
}

/** A line ends at `to`: spaces around the line feed go. */
function newline(state: State, at: number, to: number): number {
  const { source } = state;
  let end = at;
  while (end > state.from && isBlank(source.charCodeAt(end - 1))) end--;
  let next = to + 1;
  while (isBlank(source.charCodeAt(next))) next++;
  return put(state, end, next, "\n");
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

function runEnd(source: string, at: number): number {
  const unit = source.charCodeAt(at);
  let end = at + 1;
  while (source.charCodeAt(end) === unit) end++;
  return end;
}

function codeSpan(state: State, at: number): number {
  const { source } = state;
  const from = runEnd(source, at);
  const closer = nextTicks(state, from - at, from);
  if (closer === undefined) return from;
  let value = source.slice(from, closer).replaceAll("\n", " ");
  if (value.startsWith(" ") && value.endsWith(" ") && value.trim() !== "") value = value.slice(1, -1);
  return put(state, at, closer + from - at, "", { type: "inlineCode", value });
}

/** The next run of exactly `length` backticks. Runs are looked up once, so that unclosed ones cost nothing more. */
function nextTicks(state: State, length: number, from: number): number | undefined {
  if (state.ticks === undefined) {
    state.ticks = new Map();
    for (let at = state.source.indexOf("`"); at >= 0; at = state.source.indexOf("`", at)) {
      const end = runEnd(state.source, at);
      const runs = state.ticks.get(end - at);
      if (runs === undefined) state.ticks.set(end - at, [at]);
      else runs.push(at);
      at = end;
    }
    for (const runs of state.ticks.values()) runs.reverse();
  }
  const runs = state.ticks.get(length) ?? [];
  let next = runs.at(-1);
  while (next !== undefined && next < from) {
    runs.pop();
    next = runs.at(-1);
  }
  return next;
}

function delimiter(state: State, char: string, at: number): number {
  const { source } = state;
  const end = runEnd(source, at);
  const count = end - at;
  if ((char === "~" && count > 2) || (char === "|" && count !== 2)) return end;
  const before = at === 0 ? " " : codePointBefore(source, at);
  const after = end >= source.length ? " " : String.fromCodePoint(source.codePointAt(end) ?? 0x20);
  const spaceBefore = isSpace(before);
  const spaceAfter = isSpace(after);
  let opens = !spaceAfter;
  let closes = !spaceBefore;
  if (char !== "|") {
    const markBefore = isPunctuation(before);
    const markAfter = isPunctuation(after);
    // In scripts without spaces between words a mark may end at punctuation and a letter may follow at once.
    opens &&= !markAfter || spaceBefore || markBefore || eastAsian.test(before);
    closes &&= !markBefore || spaceAfter || markAfter || eastAsian.test(after);
    if (char === "_") {
      const both = opens && closes;
      if (both) [opens, closes] = [markBefore, markAfter];
    }
  }
  if (!opens && !closes) return end;
  flush(state, at);
  appendDelimiter(state.chain, source.slice(at, end), opens, closes);
  return (state.from = end);
}

function codePointBefore(source: string, at: number): string {
  const low = source.charCodeAt(at - 1);
  return low >= 0xdc00 && low <= 0xdfff && at > 1 ? source.slice(at - 2, at) : source.charAt(at - 1);
}

function isSpace(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 0x80 ? code === 0x20 || (code >= 0x09 && code <= 0x0d) : /\s/.test(char);
}

function isPunctuation(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code >= 0x80) return punctuation.test(char);
  return (
    (code > 0x20 && code < 0x30) || (code > 0x39 && code < 0x41) || (code > 0x5a && code < 0x61) || (code > 0x7a && code < 0x7f)
  );
}

function angle(state: State, at: number): number {
  const lineEnd = lineBreakEnd(state.source, at);
  if (lineEnd !== undefined) return newline(state, at, state.source[lineEnd] === "\n" ? lineEnd : lineEnd - 1);
  autolink.lastIndex = at;
  const match = autolink.exec(state.source);
  if (match !== null) {
    const value = match[1] ?? match[2] ?? "";
    const url = match[1] ?? `mailto:${value}`;
    state.barred = state.brackets.length;
    return put(state, at, autolink.lastIndex, "", { type: "link", url, children: [{ type: "text", value }] });
  }
  return tagEnd(state.source, at, state.missing) ?? at + 1;
}

function closeBracket(state: State, at: number): number {
  const { brackets, chain } = state;
  const bracket = brackets.pop();
  const height = brackets.length;
  if (bracket === undefined) return at + 1;
  const barred = !bracket.image && height < state.barred;
  if (state.barred > height) state.barred = height;
  if (barred) return at + 1;
  const target = linkTarget(state, bracket, at);
  if (target === undefined) return at + 1;
  const depth = bracket.image ? 1 : depthBetween(bracket.piece, undefined) + 1;
  if (depth > maxDepth) {
    state.barred = height;
    return at + 1;
  }
  flush(state, at);
  resolve(chain, bracket.floor);
  const children = nodesBetween(bracket.piece, undefined);
  const before = bracket.piece.prev ?? chain.head;
  const node: Inline = bracket.image ? image(target, children) : link(target, children);
  replaceBetween(chain, before, undefined, node, depth);
  if (!bracket.image) state.barred = height;
  return (state.from = target.end);
}

interface Target {
  readonly url: string;
  readonly title?: string | null | undefined;
  readonly end: number;
}

function linkTarget(state: State, bracket: Bracket, at: number): Target | undefined {
  const { source, references } = state;
  if (source[at + 1] === "(") {
    const found = destinationAt(source, at + 2);
    if (found !== undefined) return found;
  }
  if (references === undefined) return undefined;
  let end = at + 1;
  let name = bracket.nested ? undefined : source.slice(bracket.from, Math.min(at, bracket.from + 1000));
  if (source[at + 1] === "[") {
    const close = source.slice(at + 2, at + 1002).search(/[[\]]/);
    if (close === 0 && source[at + 2] === "]") end = at + 3;
    else if (close > 0 && source[at + 2 + close] === "]") [name, end] = [source.slice(at + 2, at + 2 + close), at + 3 + close];
  }
  const reference = name === undefined ? undefined : references[label(name)];
  return reference && { url: reference.href, title: reference.title, end };
}

/** The form in which names of references are compared. */
export function label(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, " ");
}

function image(target: Target, children: readonly Inline[]): Inline {
  return { type: "image", url: target.url, alt: flattened(children), ...(target.title ? { title: target.title } : {}) };
}

const mention = /^mention:(user|channel|group|room)(?::(.*))?$/s;

function link(target: Target, children: readonly Inline[]): Link | Mention {
  const match = mention.exec(target.url);
  const [, kind, id = ""] = match ?? [];
  if ((kind === "user" || kind === "channel" || kind === "group") && id !== "") {
    return { type: "mention", target: kind, id, name: flattened(children) };
  }
  if (kind === "room") return { type: "mention", target: "room", id, name: flattened(children) };
  return { type: "link", url: target.url, ...(target.title ? { title: target.title } : {}), children: unlinked(children) };
}

/** A link holds no link: addresses that nobody marked as links are text within it. */
function unlinked(children: readonly Inline[]): Inline[] {
  const out: Inline[] = [];
  for (const child of children) {
    const nodes =
      child.type === "link" ? child.children : "children" in child ? [{ ...child, children: unlinked(child.children) }] : [child];
    for (const node of nodes) {
      const last = out.at(-1);
      if (node.type === "text" && last?.type === "text") out[out.length - 1] = { type: "text", value: last.value + node.value };
      else out.push(node);
    }
  }
  return out;
}

import type { Inline } from "@devflow/gateway/contract";
import { extra } from "@devflow/gateway/kit";
import type { ReadContext } from "../adf/node.ts";
import { iconAt } from "./icon.ts";
import { bracketAt, imageAt, signpostsOf, type Signposts } from "./link.ts";
import { entityAt, isEscaped, plain, visible } from "./literal.ts";

/** A sign that is open; it is its own text when nothing closes it. */
interface Opener {
  readonly type: "opener";
  readonly sign: string;
  readonly text: string;
}

interface State {
  readonly source: string;
  readonly context: ReadContext;
  /** In a link's label, which holds no other link. */
  readonly inLabel: boolean;
  readonly items: (Inline | Opener)[];
  /** Where in `items` each open sign is. */
  readonly open: Map<string, number>;
  readonly signs: Signposts;
  /** Where the text begins that is not in `items` yet. */
  from: number;
  /** True once there is no `}}` any more. */
  unclosed: boolean;
}

const special = /\\|\{|\[|!|[*_+^~]|-+|\?\?|\(|[:;](?=[()DP])|&|(?:https?|ftp):\/\//g;
const word = /[\p{L}\p{N}\p{M}]/u;

/** One line of wiki markup. Marks end with the line. Takes time linear in its length. */
export function readInline(source: string, context: ReadContext, inLabel = false): Inline[] {
  const state: State = {
    source,
    context,
    inLabel,
    items: [],
    open: new Map(),
    signs: signpostsOf(source),
    from: 0,
    unclosed: false,
  };
  for (let at = 0; at < source.length;) {
    special.lastIndex = at;
    const match = special.exec(source);
    if (match === null) break;
    at = step(state, match[0], match.index);
  }
  flush(state, source.length);
  return settled(state.items);
}

/** Handles what stands at `at`; returns where to look on. What is not handled stays text. */
function step(state: State, token: string, at: number): number {
  const { source, context, signs } = state;
  switch (token) {
    case "\\":
      return backslash(state, at);
    case "{":
      return brace(state, at);
    case "[": {
      const label = (text: string): Inline[] => readInline(text, context, true);
      return put(state, at, state.inLabel ? undefined : bracketAt(source, at, signs, { context, label }));
    }
    case "!":
      return put(state, at, state.inLabel || wordBefore(source, at) ? undefined : imageAt(source, at, signs, context));
    case "(":
    case ":":
    case ";":
      return put(state, at, token !== "(" && word.test(source.charAt(at + 2)) ? undefined : iconAt(source, at));
    case "&": {
      const entity = entityAt(source, at);
      return put(state, at, entity && { node: { type: "text", value: entity.value }, end: entity.end });
    }
    case "http://":
    case "https://":
    case "ftp://":
      return put(state, at, state.inLabel || wordBefore(source, at) ? undefined : urlAt(source, at));
    default:
      return sign(state, token, at);
  }
}

function put(state: State, at: number, found: { readonly node: Inline; readonly end: number } | undefined): number {
  if (found === undefined) return at + 1;
  flush(state, at);
  state.items.push(found.node);
  return (state.from = found.end);
}

function flush(state: State, to: number): void {
  if (to > state.from) state.items.push({ type: "text", value: state.source.slice(state.from, to) });
  state.from = to;
}

function wordBefore(source: string, at: number): boolean {
  const low = source.charCodeAt(at - 1);
  return word.test(low >= 0xdc00 && low <= 0xdfff ? source.slice(at - 2, at) : source.charAt(at - 1));
}

function wordAt(source: string, at: number): boolean {
  const code = source.codePointAt(at);
  return code !== undefined && word.test(String.fromCodePoint(code));
}

function backslash(state: State, at: number): number {
  const next = state.source.charAt(at + 1);
  if (next === "\\") {
    put(state, at, { node: { type: "break" }, end: at + 2 });
    while (/[ \t]/.test(state.source.charAt(state.from))) state.from++;
    return state.from;
  }
  if (!isEscaped(next)) return at + 1;
  flush(state, at);
  state.from = at + 1;
  return at + 2;
}

const braced = /\{([*_+^~-]|\?\?)\}/y;
const dropped = /\{(?:color(?::[^}\n]{0,100})?|anchor:[^}\n]{0,200})\}/iy;

function brace(state: State, at: number): number {
  const { source } = state;
  if (source[at + 1] === "{") return monospaced(state, at);
  braced.lastIndex = at;
  const mark = braced.exec(source)?.[1];
  if (mark !== undefined) {
    flush(state, at);
    state.from = braced.lastIndex;
    if (state.open.has(mark)) close(state, mark);
    else open(state, mark, `{${mark}}`);
    return state.from;
  }
  dropped.lastIndex = at;
  if (!dropped.test(source)) return at + 1;
  flush(state, at);
  return (state.from = dropped.lastIndex);
}

function monospaced(state: State, at: number): number {
  const { source } = state;
  let end = state.unclosed ? -1 : source.indexOf("}}", at + 2);
  while (end > 0 && isEscapedAt(source, end)) end = source.indexOf("}}", end + 1);
  if (end < 0) state.unclosed = true;
  const value = end < 0 ? "" : plain(source.slice(at + 2, end));
  return value === "" ? at + 2 : put(state, at, { node: { type: "inlineCode", value }, end: end + 2 });
}

function isEscapedAt(source: string, at: number): boolean {
  return source[at - 1] === "\\" && source[at - 2] !== "\\";
}

const address = /(?:https?|ftp):\/\/[^\s|[\]{}<>"*^\\]+/y;

function urlAt(source: string, at: number): { readonly node: Inline; readonly end: number } | undefined {
  address.lastIndex = at;
  let end = at + (address.exec(source)?.[0].length ?? 0);
  while (end > at && ".,;:!?)'".includes(source.charAt(end - 1))) end--;
  const url = source.slice(at, end);
  return /\/\/./.test(url) ? { node: { type: "link", url, children: [{ type: "text", value: url }] }, end } : undefined;
}

const dashes: Readonly<Record<string, string>> = { "--": "–", "---": "—" };

function sign(state: State, token: string, at: number): number {
  const { source } = state;
  const end = at + token.length;
  const spaceAfter = end >= source.length || /\s/.test(source.charAt(end));
  if (token.startsWith("--")) {
    const dash = spaceAfter && (at === 0 || /\s/.test(source.charAt(at - 1))) ? dashes[token] : undefined;
    return dash === undefined ? end : put(state, at, { node: { type: "text", value: dash }, end });
  }
  if (source.startsWith(token, end)) {
    let last = end;
    while (source.startsWith(token, last)) last += token.length;
    return last;
  }
  const spaceBefore = at === 0 || /\s/.test(source.charAt(at - 1));
  flush(state, at);
  const from = state.open.get(token);
  if (from !== undefined && from < state.items.length - 1 && !spaceBefore && !wordAt(source, end)) {
    state.from = end;
    close(state, token);
  } else if (from === undefined && !spaceAfter && !wordBefore(source, at)) {
    state.from = end;
    open(state, token, token);
  }
  return end;
}

function open(state: State, mark: string, text: string): void {
  state.open.set(mark, state.items.length);
  state.items.push({ type: "opener", sign: mark, text });
}

const makers: Readonly<Record<string, (children: readonly Inline[]) => Inline>> = {
  "*": (children) => ({ type: "strong", children }),
  _: (children) => ({ type: "emphasis", children }),
  "??": (children) => ({ type: "emphasis", children }),
  "-": (children) => ({ type: "delete", children }),
  "+": (children) => extra("underline", children),
  "^": (children) => extra("superscript", children),
  "~": (children) => extra("subscript", children),
};

function close(state: State, mark: string): void {
  const inner = state.items.splice(state.open.get(mark) ?? state.items.length);
  for (const item of inner) if (item.type === "opener") state.open.delete(item.sign);
  const children = settled(inner.slice(1));
  const node = children.length === 0 ? undefined : makers[mark]?.(children);
  if (node !== undefined) state.items.push(node);
}

/** The nodes, with signs that nothing closed as text, and neighbouring text as one. */
export function settled(items: readonly (Inline | Opener)[]): Inline[] {
  const out: Inline[] = [];
  let text = "";
  const flushText = (): void => {
    if (text !== "") out.push({ type: "text", value: visible(text) });
    text = "";
  };
  for (const item of items) {
    if (item.type === "opener") text += item.text;
    else if (item.type === "text") text += item.value;
    else {
      flushText();
      out.push(item);
    }
  }
  flushText();
  return out;
}

import type { Inline } from "../../contract/index.ts";
import { emailAt, urlAt } from "./autolink.ts";
import { closeBracket } from "./bracket.ts";
import { append, appendDelimiter, newChain, nodesBetween, resolve } from "./delimiter.ts";
import { entityAt } from "./entity.ts";
import { flank } from "./flank.ts";
import { footnoteAt } from "./footnote.ts";
import { htmlNode, pairTags } from "./html.ts";
import { flush, put, type State } from "./scan.ts";
import type { Scope } from "./scope.ts";
import { lineBreakEnd, tagEnd } from "./tag.ts";

const special = /[\\`*_~|\]<&\n@]|!?\[|[hH][tT][tT][pP][sS]?:\/\/|[wW]{3}\./g;
const autolink =
  /<(?:([a-zA-Z][a-zA-Z\d+.-]{1,31}:[^\s<>\p{Cc}]*)|([\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z\d-]+(?:\.[a-zA-Z\d-]+)*))>/uy;

/**
 * Reads the inline marks of one block. One pass with a stack, as CommonMark describes it: the time is linear in the length,
 * whatever the text. Line feeds stay in the text. `folds`: tags of details are left for whoever reads blocks.
 */
export function parseInline(source: string, scope: Scope = { options: {} }, folds = false): Inline[] {
  if (source.search(special) < 0) return source === "" ? [] : [{ type: "text", value: source }];
  const state: State = {
    source,
    scope,
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
  const nodes = nodesBetween(state.chain.head, undefined);
  return scope.options.html ? pairTags(nodes, folds) : nodes;
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
      const note = state.scope.footnotes && footnoteAt(source, at, state.scope.footnotes);
      if (note !== undefined) return put(state, at, note.end, "", note.node);
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

/** A line ends at `to`: spaces around the line feed go. `tag`: it does so by a tag, which is a break wherever HTML is read. */
function newline(state: State, at: number, to: number, tag = false): number {
  const { source } = state;
  const { html, feed } = state.scope.options;
  let end = at;
  while (end > state.from && isBlank(source.charCodeAt(end - 1))) end--;
  let next = to + 1;
  while (isBlank(source.charCodeAt(next))) next++;
  if (tag && html) return put(state, end, next, "", { type: "break" });
  const soft = !tag && to === at && at - end < 2;
  return put(state, end, next, soft && feed === "space" ? " " : "\n");
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
  const end = runEnd(state.source, at);
  const count = end - at;
  if ((char === "~" && (count > 2 || count < (state.scope.options.tildes ?? 1))) || (char === "|" && count !== 2)) return end;
  const { opens, closes } = flank(state.source, at, end, char);
  if (!opens && !closes) return end;
  flush(state, at);
  appendDelimiter(state.chain, state.source.slice(at, end), opens, closes);
  return (state.from = end);
}

function angle(state: State, at: number): number {
  const lineEnd = lineBreakEnd(state.source, at);
  if (lineEnd !== undefined) return newline(state, at, state.source[lineEnd] === "\n" ? lineEnd : lineEnd - 1, true);
  autolink.lastIndex = at;
  const match = autolink.exec(state.source);
  // Only a link with a text of its own can be a mention.
  if (match !== null && !match[0].startsWith("<mention:")) {
    const value = match[1] ?? match[2] ?? "";
    const url = match[1] ?? `mailto:${value}`;
    state.barred = state.brackets.length;
    return put(state, at, autolink.lastIndex, "", { type: "link", url, children: [{ type: "text", value }] });
  }
  const end = tagEnd(state.source, at, state.missing);
  if (end === undefined || !state.scope.options.html) return end ?? at + 1;
  return put(state, at, end, "", htmlNode(state.source.slice(at, end)));
}

import type { Inline, Link, Mention } from "../../contract/index.ts";
import { flattened } from "../inline.ts";
import { depthBetween, maxDepth, nodesBetween, replaceBetween, resolve } from "./delimiter.ts";
import { destinationAt } from "./destination.ts";
import { flush, type Bracket, type State } from "./scan.ts";

/** Handles a `]`: with what follows it, it may make a link, an image or a mention of what its bracket began. */
export function closeBracket(state: State, at: number): number {
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
  const { source } = state;
  const { references } = state.scope;
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
function label(name: string): string {
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

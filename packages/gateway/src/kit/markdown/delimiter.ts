import type { Inline } from "../../contract/index.ts";

/** Deepest nesting of blocks, and of marks within a line. What nests deeper is literal text. */
export const maxDepth = 10;

/** A stretch of the line: literal text, or a finished node. */
export interface Piece {
  text: string;
  node: Inline | undefined;
  /** Levels of nodes in it. */
  depth: number;
  /** True for a node made of an address that nobody marked as a link. */
  bare: boolean;
  prev: Piece | undefined;
  next: Piece | undefined;
}

/** A run of `*`, `_`, `~` or `|` that may open or close a mark. */
interface Delimiter {
  readonly piece: Piece;
  readonly mark: string;
  readonly original: number;
  readonly opens: boolean;
  readonly closes: boolean;
  readonly index: number;
  count: number;
  prev: Delimiter | undefined;
  next: Delimiter | undefined;
}

/** The pieces of one run of inline text, and its delimiters that are still open, in order. */
export interface Chain {
  readonly head: Piece;
  tail: Piece;
  last: Delimiter | undefined;
  delimiters: number;
}

export function newChain(): Chain {
  const head = piece("", undefined);
  return { head, tail: head, last: undefined, delimiters: 0 };
}

function piece(text: string, node: Inline | undefined): Piece {
  return { text, node, depth: node === undefined ? 0 : 1, bare: false, prev: undefined, next: undefined };
}

export function append(chain: Chain, text: string, node?: Inline): Piece {
  const added = piece(text, node);
  added.prev = chain.tail;
  chain.tail.next = added;
  chain.tail = added;
  return added;
}

export function appendDelimiter(chain: Chain, run: string, opens: boolean, closes: boolean): void {
  const { last } = chain;
  const delimiter: Delimiter = {
    piece: append(chain, run),
    mark: run.charAt(0),
    original: run.length,
    opens,
    closes,
    index: chain.delimiters++,
    count: run.length,
    prev: last,
    next: undefined,
  };
  if (last !== undefined) last.next = delimiter;
  chain.last = delimiter;
}

/** The pieces after `from`, up to and without `to`, as nodes; neighbouring text is joined. */
export function nodesBetween(from: Piece, to: Piece | undefined): Inline[] {
  const nodes: Inline[] = [];
  let text = "";
  for (let at = from.next; at !== to && at !== undefined; at = at.next) {
    if (at.node === undefined) {
      text += at.text;
      continue;
    }
    if (text !== "") nodes.push({ type: "text", value: text });
    text = "";
    nodes.push(at.node);
  }
  if (text !== "") nodes.push({ type: "text", value: text });
  return nodes;
}

/** Levels of nodes between two pieces. */
export function depthBetween(from: Piece, to: Piece | undefined): number {
  let depth = 0;
  for (let at = from.next; at !== to && at !== undefined; at = at.next) if (at.depth > depth) depth = at.depth;
  return depth;
}

/** Puts a finished node in the place of everything after `from` and before `to`. */
export function replaceBetween(chain: Chain, from: Piece, to: Piece | undefined, node: Inline, depth: number): Piece {
  const made = piece("", node);
  made.depth = depth;
  made.prev = from;
  made.next = to;
  from.next = made;
  if (to === undefined) chain.tail = made;
  else to.prev = made;
  return made;
}

/**
 * Pairs the delimiters with an index of at least `floor` and makes marks of them: CommonMark's procedure, which looks at
 * each delimiter a constant number of times. Those that find no partner stay text; none remains in the list.
 */
export function resolve(chain: Chain, floor: number): void {
  let bottom = floor - 1;
  const bottoms = new Map<string, number>();
  let closer = firstFrom(chain, floor);
  while (closer !== undefined) {
    if (!closer.closes) {
      closer = closer.next;
      continue;
    }
    const stars = closer.mark === "*" || closer.mark === "_";
    const key = stars ? `${closer.mark}${closer.opens ? 1 : 0}${closer.original % 3}` : `${closer.mark}${closer.count}`;
    const limit = Math.max(bottom, bottoms.get(key) ?? -1);
    let opener = closer.prev;
    while (opener !== undefined && opener.index > limit && !pairs(opener, closer, stars)) opener = opener.prev;
    const found = opener !== undefined && opener.index > limit ? opener : undefined;
    const following: Delimiter | undefined = closer.next;
    if (found === undefined) {
      bottoms.set(key, closer.prev?.index ?? -1);
      if (!closer.opens) remove(chain, closer);
      closer = following;
      continue;
    }
    const depth = depthBetween(found.piece, closer.piece) + 1;
    if (depth > maxDepth) {
      bottom = found.index;
      if (!closer.opens) remove(chain, closer);
      closer = following;
      continue;
    }
    const used = stars ? (found.count > 1 && closer.count > 1 ? 2 : 1) : closer.count;
    for (let between = closer.prev; between !== undefined && between !== found; between = closer.prev) remove(chain, between);
    replaceBetween(chain, found.piece, closer.piece, mark(closer.mark, used, nodesBetween(found.piece, closer.piece)), depth);
    shorten(chain, found, used);
    shorten(chain, closer, used);
    if (closer.count === 0) closer = following;
  }
  for (let rest = chain.last; rest !== undefined && rest.index >= floor; rest = chain.last) remove(chain, rest);
}

/** How many marks are around what follows: the index the next delimiter will have. */
function firstFrom(chain: Chain, floor: number): Delimiter | undefined {
  let first: Delimiter | undefined;
  for (let at = chain.last; at !== undefined && at.index >= floor; at = at.prev) first = at;
  return first;
}

function pairs(opener: Delimiter, closer: Delimiter, stars: boolean): boolean {
  if (!opener.opens || opener.mark !== closer.mark) return false;
  if (!stars) return opener.count === closer.count;
  // CommonMark's rule of three keeps `*a**b*` from pairing a single star with half of a double one.
  const ambiguous = closer.opens || opener.closes;
  return !ambiguous || (opener.original + closer.original) % 3 !== 0 || (opener.original % 3 === 0 && closer.original % 3 === 0);
}

function mark(char: string, used: number, children: readonly Inline[]): Inline {
  if (char === "~") return { type: "delete", children };
  if (char === "|") return { type: "spoiler", children };
  return { type: used === 2 ? "strong" : "emphasis", children };
}

function shorten(chain: Chain, delimiter: Delimiter, used: number): void {
  delimiter.count -= used;
  delimiter.piece.text = delimiter.piece.text.slice(used);
  if (delimiter.count === 0) remove(chain, delimiter);
}

function remove(chain: Chain, delimiter: Delimiter): void {
  if (delimiter.prev !== undefined) delimiter.prev.next = delimiter.next;
  if (delimiter.next === undefined) chain.last = delimiter.prev;
  else delimiter.next.prev = delimiter.prev;
}

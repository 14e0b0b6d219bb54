import type { Inline } from "../../contract/index.ts";
import { append, type Chain, type Piece } from "./delimiter.ts";
import type { Scope } from "./scope.ts";

/** A `[` or `![` that may become a link or an image. */
export interface Bracket {
  readonly piece: Piece;
  readonly image: boolean;
  /** Index in the source behind it. */
  readonly from: number;
  /** Index of the first delimiter after it. */
  readonly floor: number;
  /** True when another bracket follows it, so that its text cannot be a reference's name. */
  nested: boolean;
}

/** How far the reading of one run of inline text has come. */
export interface State {
  readonly source: string;
  readonly scope: Scope;
  readonly chain: Chain;
  readonly brackets: Bracket[];
  /** Brackets below this height may not become links: they hold one. */
  barred: number;
  /** Where the text begins that is not in the chain yet. */
  from: number;
  readonly missing: Set<string>;
  ticks: Map<number, number[]> | undefined;
}

/** Takes what was passed over, up to `to`, as text. */
export function flush(state: State, to: number): void {
  if (to > state.from) append(state.chain, state.source.slice(state.from, to));
  state.from = to;
}

/** Puts a text or node in place of the source between `from` and `to`; returns where to look on. */
export function put(state: State, from: number, to: number, text: string, node?: Inline): number {
  flush(state, from);
  append(state.chain, text, node);
  return (state.from = to);
}

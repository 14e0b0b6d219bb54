import { Lexer, Tokenizer, type Token, type Tokens, type TokensList } from "marked";
import { maxDepth } from "./delimiter.ts";

/** Marked's tokens for the blocks of a text. Inline text is left as it is, in `text`. */
export function lexBlocks(text: string): TokensList {
  const tokenizer = new BoundedTokenizer();
  return new BlockLexer(tokenizer).lex(text);
}

/** The source of one run of blocks, and the next places in it of two kinds; each is searched for once. */
class Source {
  readonly #text: string;
  readonly #underline = new Next(/\n {0,3}(?:=+|-+)[ \t]*(?=\n|$)/g);
  readonly #interruption = new Next(
    /\n(?=[ \t]*\n| {0,3}(?:(?:[*+-]|\d{1,9}[.)]) |`{3}|~{3}|[>|:<]|#{1,6}(?:\s|$)|[*_-][ \t]*[*_-][ \t]*[*_-]|-[-: ]*\|))/g,
  );

  #listBreaks: number[] | undefined;
  #quoteBreaks: number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** True when the paragraph at the beginning of the last `length` characters may be a heading: an underline ends it. */
  mayBeHeading(length: number): boolean {
    const at = this.#text.length - length;
    const underline = this.#underline.from(this.#text, at);
    return Number.isFinite(underline) && underline <= this.#interruption.from(this.#text, at);
  }

  /** How many of the last `length` characters a list may look at. */
  listReach(length: number): number {
    const at = this.#text.length - length;
    this.#listBreaks ??= listBreaks(this.#text);
    return (this.#listBreaks.find((place) => place > at) ?? this.#text.length) - at;
  }

  /** How many of the last `length` characters a quote may look at. */
  quoteReach(length: number): number {
    const at = this.#text.length - length;
    this.#quoteBreaks ??= quoteBreaks(this.#text);
    return (this.#quoteBreaks.find((place) => place > at) ?? this.#text.length) - at;
  }
}

/** Lines that continue an item, at most: outside of a fence in it, and inside. Far more than anybody writes. */
const maxLines = 200;
const maxFencedLines = 1000;
const lineKinds = /^(?:[ \t]*$|( {0,3}(?:[*+-]|\d{1,9}[.)])(?:[ \t]|$))|( *)(`{3}|~{3})?)/;

/**
 * Places where a list has to end. Marked copies an item for each line in it that is not indented, so a list with very many
 * of them, one after the other, is divided.
 */
function listBreaks(text: string): number[] {
  const places: number[] = [];
  let lines = 0;
  let fenced = false;
  for (let at = 0; at < text.length;) {
    const feed = text.indexOf("\n", at);
    const end = feed < 0 ? text.length : feed + 1;
    const [, marker, indent, fence] = lineKinds.exec(text.slice(at, Math.min(end, at + 16)).trimEnd()) ?? [];
    if (fence !== undefined) fenced = !fenced;
    const going = marker === undefined && indent !== undefined;
    lines = going ? lines + (fenced && indent.length > 1 ? maxLines / maxFencedLines : 1) : fenced ? lines : 0;
    if (lines >= maxLines) {
      places.push(at);
      lines = 0;
    }
    at = end;
  }
  return places;
}

/** Where a pattern is found next, for places that only move forward. */
class Next {
  readonly #pattern: RegExp;
  #found = -1;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  from(text: string, at: number): number {
    if (this.#found >= at) return this.#found;
    this.#pattern.lastIndex = at;
    return (this.#found = this.#pattern.exec(text)?.index ?? Number.POSITIVE_INFINITY);
  }
}

/** Times that a quote may go on after a line without its sign, and how long it may be by then. */
const maxReturns = 4;
const maxReturnLength = 4096;

/** Places where a quote has to end: marked reads it anew for each line that comes back to it. */
function quoteBreaks(text: string): number[] {
  const places: number[] = [];
  let returns = 0;
  let begun = 0;
  let quoted = false;
  for (let at = 0; at < text.length;) {
    const feed = text.indexOf("\n", at);
    const end = feed < 0 ? text.length : feed + 1;
    const head = text.slice(at, Math.min(end, at + 16)).trim();
    const quote = head.startsWith(">");
    if (head === "") returns = 0;
    else if (quote && !quoted && ++returns > 1 && (returns > maxReturns || at - begun > maxReturnLength)) {
      places.push(at);
      returns = 1;
    }
    if (quote && returns <= 1) begun = at;
    quoted = quote;
    at = end;
  }
  return places;
}

/**
 * Marked's block rules within bounds, so that neither stack nor time grows with more than the length: a quote or list that
 * nests too deep is a paragraph, and underlined headings are looked for where there is an underline.
 */
class BoundedTokenizer extends Tokenizer {
  readonly sources: (Source | undefined)[] = [];
  #depth = 0;

  override blockquote(src: string): Tokens.Blockquote | undefined {
    const reach = this.sources.at(-1)?.quoteReach(src.length) ?? src.length;
    return this.#deeper(() => super.blockquote(src.slice(0, reach)));
  }

  override list(src: string): Tokens.List | undefined {
    const reach = this.sources.at(-1)?.listReach(src.length) ?? src.length;
    return this.#deeper(() => super.list(src.slice(0, reach)));
  }

  override lheading(src: string): Tokens.Heading | undefined {
    return this.sources.at(-1)?.mayBeHeading(src.length) === false ? undefined : super.lheading(src);
  }

  /** Raw HTML is text, and so is what stands around it: it makes no blocks. */
  override html(): undefined {
    return undefined;
  }

  #deeper<T>(read: () => T | undefined): T | undefined {
    if (this.#depth >= maxDepth) return undefined;
    this.#depth++;
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }
}

/** Texts so short need no bounds: the square of little is little. */
const short = 1000;

/** Marked's lexer without its inline half, whose time is quadratic in hostile text; `parseInline` is ours. */
class BlockLexer extends Lexer {
  readonly #tokenizer: BoundedTokenizer;

  constructor(tokenizer: BoundedTokenizer) {
    super({ gfm: true, tokenizer });
    this.#tokenizer = tokenizer;
  }

  override blockTokens(src: string, tokens?: Token[], lastParagraphClipped?: boolean): Token[];
  override blockTokens(src: string, tokens?: TokensList, lastParagraphClipped?: boolean): TokensList;
  override blockTokens(src: string, tokens: Token[] = [], lastParagraphClipped = false): Token[] {
    this.#tokenizer.sources.push(src.length < short ? undefined : new Source(src));
    try {
      return super.blockTokens(src, tokens, lastParagraphClipped);
    } finally {
      this.#tokenizer.sources.pop();
    }
  }

  override inline(_src: string, tokens: Token[] = []): Token[] {
    // Two entries are what the block rules look for when they join paragraphs.
    while (this.inlineQueue.length < 2) this.inlineQueue.push({ src: "", tokens: [] });
    return tokens;
  }

  override inlineTokens(_src: string, tokens: Token[] = []): Token[] {
    return tokens;
  }
}

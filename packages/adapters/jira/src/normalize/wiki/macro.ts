import type { Block, Code } from "@devflow/gateway/contract";

/** A piece of a text: lines of markup, or a macro with what it holds. */
export type Part =
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "code"; readonly block: Code }
  | { readonly type: "quote" | "panel"; readonly parameters: string; readonly parts: readonly Part[] };

interface Token {
  readonly name: string;
  readonly parameters: string | undefined;
  readonly from: number;
  readonly end: number;
  /** The code of a macro that holds some. */
  readonly code?: Code;
}

const macro = /\\.|\{(code|noformat|quote|panel)(?=[:}])/gis;

/** A text taken apart at its macros. One that nothing ends is text. Takes time linear in the length. */
export function partsOf(text: string): readonly Part[] {
  const tokens = foldedCode(text, tokensOf(text));
  const next = nextOfName(tokens);
  return range(text, { tokens, next }, [0, tokens.length], [0, text.length]);
}

function tokensOf(text: string): Token[] {
  const brace = finder(text, "}");
  const feed = finder(text, "\n");
  return Array.from(text.matchAll(macro)).flatMap((match): Token[] => {
    const [all, name] = match;
    if (name === undefined) return [];
    const at = match.index + all.length;
    const end = brace(at);
    if (end === Number.POSITIVE_INFINITY || feed(at) < end) return [];
    const parameters = text[at] === ":" ? text.slice(at + 1, end) : undefined;
    return [{ name: name.toLowerCase(), parameters, from: match.index, end: end + 1 }];
  });
}

/** Where a character stands next, for places that only move forward. */
function finder(text: string, char: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = text.indexOf(char, from);
    if (found < 0) found = Number.POSITIVE_INFINITY;
    return found;
  };
}

/** The tokens with each macro of code as one, and without those within code. */
function foldedCode(text: string, tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  const closers = nextOfName(tokens);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const last = token.name === "code" || token.name === "noformat" ? closers[i] : undefined;
    const closer = last === undefined ? undefined : tokens[last];
    if (last === undefined || closer === undefined) {
      if (token.name === "quote" || token.name === "panel") out.push(token);
      continue;
    }
    const value = text
      .slice(token.end, closer.from)
      .replace(/^[ \t]*\n/, "")
      .replace(/\n[ \t]*$/, "");
    out.push({ ...token, end: closer.end, code: code(value, token) });
    i = last;
  }
  return out;
}

function code(value: string, { name, parameters = "" }: Token): Code {
  const [first = ""] = parameters.split("|");
  const lang = first.includes("=") ? (/(?:^|\|)language=([^|]+)/.exec(parameters)?.[1] ?? "") : first;
  return {
    type: "code",
    ...(name === "code" && lang.trim() !== "" && lang !== "none" ? { lang: lang.trim() } : {}),
    value: value.replace(/\{(noformat|code|quote|panel)\u200b(?=[}:|])/gi, "{$1"),
  };
}

/** For each token the next of its name that may end it: one without parameters. */
function nextOfName(tokens: readonly Token[]): readonly (number | undefined)[] {
  const last = new Map<string, number>();
  const next: (number | undefined)[] = [];
  for (let i = tokens.length - 1; i >= 0; i--) {
    const { name, parameters } = tokens[i] as Token;
    next[i] = last.get(name);
    if (parameters === undefined) last.set(name, i);
  }
  return next;
}

interface Tokens {
  readonly tokens: readonly Token[];
  readonly next: readonly (number | undefined)[];
}

type Span = readonly [from: number, to: number];

function range(text: string, all: Tokens, [first, last]: Span, [start, stop]: Span): Part[] {
  const parts: Part[] = [];
  let at = start;
  const add = (to: number): void => {
    if (to > at) parts.push({ type: "text", value: text.slice(at, to) });
  };
  for (let i = first; i < last; i++) {
    const token = all.tokens[i] as Token;
    const ending = token.code === undefined ? all.next[i] : i;
    if (ending === undefined || ending >= last) continue;
    const closer = all.tokens[ending] as Token;
    add(token.from);
    if (token.code !== undefined) parts.push({ type: "code", block: token.code });
    else {
      const inner = range(text, all, [i + 1, ending], [token.end, closer.from]);
      parts.push({ type: token.name as "quote" | "panel", parameters: token.parameters ?? "", parts: inner });
    }
    at = closer.end;
    i = ending;
  }
  add(stop);
  return parts;
}

/** A line of markup, or a block that stands among lines. */
export type Line = string | { readonly block: Block };

/** The lines of parts. What is left of a line beside a macro is a line; nothing left of it is none. */
export function linesOf(parts: readonly Part[], read: (part: Exclude<Part, { type: "text" }>) => Block): Line[] {
  return parts.flatMap((part, i): Line[] => {
    if (part.type !== "text") return [{ block: read(part) }];
    const lines = part.value.split("\n");
    if (i > 0 && lines[0]?.trim() === "") lines.shift();
    if (i < parts.length - 1 && lines.at(-1)?.trim() === "") lines.pop();
    return lines;
  });
}

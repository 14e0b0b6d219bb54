import { markNames, type MarkName } from "../runs.ts";
import { isWord } from "./escape.ts";

/** The sign of each mark, before and after what it is over. */
export const signs: Readonly<Record<MarkName, string>> = {
  strong: "*",
  emphasis: "_",
  delete: "-",
  underline: "+",
  subscript: "~",
  superscript: "^",
};

/** A stretch of a line on its way to markup. */
export interface Piece {
  readonly marks: readonly MarkName[];
  readonly text: string;
  /** How the text is written. Not set: it is markup already. */
  readonly write?: (text: string) => string;
}

interface Open {
  readonly mark: MarkName;
  /** Index of the last piece under it. */
  readonly end: number;
  readonly sign: string;
}

/**
 * Pieces with their marks written out. Marks stand at the borders of words; within a word, and always for raised and lowered
 * text, their signs stand in braces. They cross no line, and white space at their edges is outside of them.
 */
export function writeMarks(pieces: readonly Piece[]): string {
  const line = spaced(pieces);
  const out: string[] = [];
  /** The last characters written. */
  let tail = "";
  const write = (text: string): void => {
    out.push(text);
    tail = (tail + text).slice(-4);
  };
  const open: Open[] = [];
  for (const [i, piece] of line.entries()) {
    while ((open.at(-1)?.end ?? i) < i) write(open.pop()?.sign ?? "");
    for (const mark of opening(line, i, open)) {
      const limit = open.at(-1)?.end ?? line.length - 1;
      const end = extent(line, i, mark, limit);
      const pictured = pictures(tail, piece) || pictures(line[end]?.text ?? "", line[end + 1]);
      const sign = signFor(mark, pictured || isWord(lastOf(tail)) || touches(line, end));
      open.push({ mark, end, sign });
      write(sign);
    }
    const text = piece.write?.(piece.text) ?? piece.text;
    // Three backslashes in a row would be something else than a break and an escape.
    const crowded = tail.endsWith("\\\\") && text.startsWith("\\") && !text.startsWith("\\\\");
    write(crowded ? ` ${text}` : text);
  }
  for (let last = open.pop(); last !== undefined; last = open.pop()) write(last.sign);
  return out.join("");
}

/** True where a sign would stand as in a picture: `(*)`. */
function pictures(before: string, after: Piece | undefined): boolean {
  return before.endsWith("(") && /^[rgby]?\)/.test(after?.text ?? "");
}

function signFor(mark: MarkName, tight: boolean): string {
  const sign = signs[mark];
  return tight || mark === "subscript" || mark === "superscript" ? `{${sign}}` : sign;
}

function lastOf(text: string): string {
  const low = text.charCodeAt(text.length - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(-2) : text.slice(-1);
}

/** The marks that begin at a piece, those that go furthest first. None begins with white space. */
function opening(line: readonly Piece[], at: number, open: readonly Open[]): readonly MarkName[] {
  if (isBlank(line[at] as Piece)) return [];
  const limit = open.at(-1)?.end ?? line.length - 1;
  const fresh = line[at]?.marks.filter((mark) => !open.some((one) => one.mark === mark)) ?? [];
  if (fresh.length < 2) return fresh;
  const ends = new Map(fresh.map((mark) => [mark, extent(line, at, mark, limit)]));
  return fresh.toSorted((a, b) => (ends.get(b) ?? 0) - (ends.get(a) ?? 0) || markNames.indexOf(a) - markNames.indexOf(b));
}

function extent(line: readonly Piece[], from: number, mark: MarkName, limit: number): number {
  let end = from;
  while (end < limit && line[end + 1]?.marks.includes(mark)) end++;
  return end;
}

/** True when a letter follows right after a mark that ends with this piece. */
function touches(line: readonly Piece[], end: number): boolean {
  const next = line[end + 1];
  if (next === undefined || next.marks.some((mark) => !line[end]?.marks.includes(mark))) return false;
  return isWord(String.fromCodePoint(next.text.codePointAt(0) ?? 0x20));
}

/** The pieces, with white space at the edges of marked text on its own, under the marks that are on both sides of it. */
function spaced(pieces: readonly Piece[]): Piece[] {
  const split = pieces.flatMap((piece): Piece[] => {
    if (piece.write === undefined || piece.marks.length === 0) return [piece];
    const { text } = piece;
    const from = text.length - text.trimStart().length;
    const to = Math.max(from, text.trimEnd().length);
    const parts = [text.slice(0, from), text.slice(from, to), text.slice(to)];
    return parts.filter((part) => part !== "").map((part) => ({ ...piece, text: part }));
  });
  const both = (a: readonly MarkName[], b: readonly MarkName[]): readonly MarkName[] => a.filter((mark) => b.includes(mark));
  let beside: readonly MarkName[] = [];
  const before = split.map((piece) => (beside = isBlank(piece) ? both(piece.marks, beside) : piece.marks));
  beside = [];
  for (let i = split.length - 1; i >= 0; i--) {
    const piece = split[i] as Piece;
    beside = isBlank(piece) ? both(before[i] ?? [], beside) : piece.marks;
    if (isBlank(piece)) split[i] = { ...piece, marks: beside };
  }
  return split;
}

function isBlank(piece: Piece): boolean {
  return piece.write !== undefined && piece.text.trim() === "";
}

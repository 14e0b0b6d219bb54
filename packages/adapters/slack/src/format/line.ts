import { commonMarks, tighten, type Edge, type Mark, type Stretch } from "@devflow/gateway/kit";
import { firstChar, isWord, lastChar, literal } from "./literal.ts";

const signs: Readonly<Record<Mark, string>> = { strong: "*", emphasis: "_", delete: "~", spoiler: "" };
/** What has no width is dropped at a mark's edge: Slack would show the mark's sign. */
const edge: Edge = {
  start: /^[\s\u200b\u200c\u2060\ufeff]+/,
  end: /[\s\u200b\u200c\u2060\ufeff]+$/,
  kept: (blank) => blank.replace(/[\u200b\u200c\u2060\ufeff]/g, ""),
};

/**
 * One line of mrkdwn. Marks stand at the borders of words only: where a letter touches one from outside, a zero width space
 * comes between; white space within a mark's edge moves out of it.
 */
export function writeLine(pieces: readonly Stretch[]): string {
  const line = tighten(pieces, edge);
  let out = "";
  let open: readonly Mark[] = [];
  /** True when the last thing written was a mark or a token, which a word must not touch. */
  let sealed = false;
  for (const [i, piece] of line.entries()) {
    const common = commonMarks(open, piece.marks);
    const closing = open.slice(common);
    const opening = piece.marks.slice(common);
    out += signsOf(closing.toReversed());
    sealed ||= closing.length > 0;
    const first = opening.length > 0 ? signsOf(opening) : firstChar(piece.text);
    const apart =
      opening.length > 0 || isCode(piece) ? (sealed && closing.length > 0) || isWord(lastChar(out)) : sealed && isWord(first);
    if (apart) out += "\u200b";
    out += signsOf(opening);
    out += piece.token ? piece.text : written(piece.text, out, opening.length > 0, following(line, i));
    open = piece.marks;
    sealed = isCode(piece);
  }
  return out + signsOf(open.toReversed());
}

function signsOf(marks: readonly Mark[]): string {
  return marks.map((mark) => signs[mark]).join("");
}

function isCode(piece: Stretch): boolean {
  return piece.token && piece.text.startsWith("`");
}

function written(text: string, before: string, opened: boolean, after: string): string {
  const out = literal(text, opened ? "" : lastChar(before), after);
  // An escaped `>` begins a quote as a bare one does.
  return before.trim() === "" && /^\s*&gt;/.test(out) ? out.replace("&gt;", "\u200b&gt;") : out;
}

/** The character after a piece, for whom its last marker might be an end or a beginning. */
function following(line: readonly Stretch[], at: number): string {
  const piece = line[at];
  const next = line[at + 1];
  if (piece === undefined || next === undefined) return piece !== undefined && piece.marks.length > 0 ? "*" : "";
  return commonMarks(piece.marks, next.marks) === Math.max(piece.marks.length, next.marks.length) ? firstChar(next.text) : "*";
}

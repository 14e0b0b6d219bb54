import { commonMarks, tighten, type Edge, type Mark, type Stretch } from "@devflow/gateway/kit";
import { firstChar, isWord, lastChar, literal } from "./literal.ts";

const signs: Readonly<Record<Mark, string>> = { strong: "*", emphasis: "_", delete: "~", spoiler: "" };
/** What has no width is dropped at a mark's edge: Slack would show the mark's sign. */
const edge: Edge = { blank: /[\s\u200b\u200c\u2060\ufeff]/, kept: (blanks) => blanks.replace(/[\u200b\u200c\u2060\ufeff]/g, "") };

/**
 * One line of mrkdwn. Marks stand at the borders of words only: where a letter touches one from outside, a zero width space
 * comes between; white space within a mark's edge moves out of it.
 */
export function writeLine(stretches: readonly Stretch[]): string {
  const line = tighten(stretches, edge);
  const out: string[] = [];
  let open: readonly Mark[] = [];
  /** True when the last thing written was a mark's end or code, which a word must not touch. */
  let sealed = false;
  /** True as long as nothing but white space is on the line. */
  let leads = true;
  for (const [i, stretch] of line.entries()) {
    const common = commonMarks(open, stretch.marks);
    const closing = open.slice(common);
    const opening = stretch.marks.slice(common);
    if (closing.length > 0) out.push(signsOf(closing.toReversed()));
    sealed ||= closing.length > 0;
    const before = lastChar(out.at(-1) ?? "");
    const begins = opening.length > 0 || isCode(stretch);
    if (begins ? closing.length > 0 || isWord(before) : sealed && isWord(firstChar(stretch.text))) out.push("\u200b");
    if (opening.length > 0) out.push(signsOf(opening));
    const left = opening.length > 0 ? "" : lastChar(out.at(-1) ?? "");
    out.push(stretch.token ? stretch.text : written(stretch.text, left, following(line, i), leads && opening.length === 0));
    leads &&= stretch.text.trim() === "";
    open = stretch.marks;
    sealed = isCode(stretch);
  }
  return out.join("") + signsOf(open.toReversed());
}

function signsOf(marks: readonly Mark[]): string {
  return marks.map((mark) => signs[mark]).join("");
}

function isCode(piece: Stretch): boolean {
  return piece.token && piece.text.startsWith("`");
}

function written(text: string, before: string, after: string, leads: boolean): string {
  const out = literal(text, before, after);
  // An escaped `>` begins a quote as a bare one does.
  return leads && /^\s*&gt;/.test(out) ? out.replace("&gt;", "\u200b&gt;") : out;
}

/** The character after a piece, for whom its last marker might be an end or a beginning. */
function following(line: readonly Stretch[], at: number): string {
  const piece = line[at];
  const next = line[at + 1];
  if (piece === undefined || next === undefined) return piece !== undefined && piece.marks.length > 0 ? "*" : "";
  return commonMarks(piece.marks, next.marks) === Math.max(piece.marks.length, next.marks.length) ? firstChar(next.text) : "*";
}

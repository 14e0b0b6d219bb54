import { commonMarks, tighten, type Edge, type Mark, type Stretch } from "@devflow/gateway/kit";
import { firstChar, isWord, lastChar, literal } from "./literal.ts";

const signs: Readonly<Record<Mark, string>> = { strong: "*", emphasis: "_", delete: "~", spoiler: "" };
/** What has no width is dropped at a mark's edge: WhatsApp would show the mark's sign. */
const edge: Edge = { blank: /[\s\u200b\u200c\u2060\ufeff]/, kept: (blanks) => blanks.replace(/[\u200b\u200c\u2060\ufeff]/g, "") };

/**
 * One line of WhatsApp's markup. Marks stand at the borders of words alone: where a letter touches one from outside, a zero
 * width space makes the border. White space at a mark's edge moves out of it.
 */
export function writeLine(stretches: readonly Stretch[]): string {
  const line = tighten(stretches, edge);
  const out: string[] = [];
  /** The last character written: asking the whole text for it would read it again and again. */
  let last = "";
  /** True as long as nothing but white space is on the line. */
  let leads = true;
  const write = (piece: string): void => {
    if (piece === "") return;
    out.push(piece);
    last = lastChar(piece);
    leads &&= piece.trim() === "";
  };
  let open: readonly Mark[] = [];
  /** True while a mark's end or code was the last thing written: a word must not touch it. */
  let ended = false;
  for (const [at, stretch] of line.entries()) {
    const common = commonMarks(open, stretch.marks);
    const closing = open.slice(common);
    const opening = stretch.marks.slice(common);
    write(signsOf(closing.toReversed()));
    ended ||= closing.length > 0;
    const begins = opening.length > 0 || isCode(stretch);
    if (begins ? ended || isWord(last) : ended && isWord(firstChar(stretch.text))) write("\u200b");
    write(signsOf(opening));
    const body = stretch.token ? stretch.text : literal(stretch.text, opening.length > 0 ? "" : last, following(line, at));
    // At the start of a line this sign alone is a quote.
    write(leads && !stretch.token && /^\s*>/.test(body) ? body.replace(">", "\u200b>") : body);
    open = stretch.marks;
    ended = isCode(stretch);
  }
  return out.join("") + signsOf(open.toReversed());
}

function signsOf(marks: readonly Mark[]): string {
  return marks.map((mark) => signs[mark]).join("");
}

function isCode({ token, text }: Stretch): boolean {
  return token && text.startsWith("`");
}

/** The character after a stretch, for which its last marker might be an end or a beginning. */
function following(line: readonly Stretch[], at: number): string {
  const marks = line[at]?.marks ?? [];
  const next = line[at + 1];
  if (next === undefined) return marks.length > 0 ? "*" : "";
  return commonMarks(marks, next.marks) === Math.max(marks.length, next.marks.length) ? firstChar(next.text) : "*";
}

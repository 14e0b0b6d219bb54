import { commonMarks, type Mark, type Stretch } from "../../runs.ts";
import { codePointBefore, isPunctuation, isSpace } from "../flank.ts";
import { escapeText } from "./escape.ts";

const signs: Readonly<Record<Mark, string>> = { strong: "**", emphasis: "_", delete: "~~", spoiler: "||" };

/** One run of inline content with its marks. Stretches that are not tokens are text, still to be escaped. */
export function writeMarks(line: readonly Stretch[], inCell: boolean): string {
  let out = "";
  let open: readonly { readonly mark: Mark; readonly sign: string }[] = [];
  /** True when `out` ends with text, whose last character may be spelled as a reference. */
  let pliable = false;
  /** Where that text begins. */
  let textAt = 0;
  const close = (count: number, next: string): string => {
    const closing = open.slice(open.length - count).toReversed();
    open = open.slice(0, open.length - count);
    if (closing.length === 0) return next;
    const inner = codePointBefore(out, out.length);
    const bound =
      closing.some(({ mark }) => mark !== "spoiler") && (isPunctuation(inner) || closing.length > 1 || closing[0]?.sign === "_");
    out += closing.map(({ sign }) => (inCell ? sign.replaceAll("|", "\\|") : sign)).join("");
    return bound ? spelledFirst(next) : next;
  };
  for (const [i, part] of line.entries()) {
    const body = part.token ? part.text : escapeText(part.text, inCell);
    if (body === "") continue;
    const common = commonMarks(
      open.map(({ mark }) => mark),
      part.marks,
    );
    const opening = part.marks.slice(common);
    const closes = open.length - common;
    const rest = close(closes, opening.length === 0 ? body : "");
    // A `!` before a link would make an image of it.
    if (part.token && body.startsWith("[") && opening.length === 0 && out.endsWith("!")) out = `${out.slice(0, -1)}\\!`;
    if (opening.length === 0) out += rest;
    else {
      const before = codePointBefore(out, out.length);
      const stars = wordAt(before) && closes === 0 && pliable && opening.length === 1 && inWord(line, i);
      const chosen = opening.map((mark) => ({ mark, sign: stars && mark === "emphasis" ? "*" : signs[mark] }));
      const first = opening.length > 1 ? "*" : String.fromCodePoint(body.codePointAt(0) ?? 0x20);
      if (pliable && wordAt(before) && (chosen[0]?.sign === "_" || isPunctuation(first)))
        out = out.slice(0, textAt) + spelledLast(out.slice(textAt));
      out += chosen.map(({ sign }) => (inCell ? sign.replaceAll("|", "\\|") : sign)).join("") + body;
      open = [...open, ...chosen];
    }
    pliable = !part.token;
    textAt = out.length - body.length;
  }
  close(open.length, "");
  return out;
}

function wordAt(char: string): boolean {
  return char !== "" && !isSpace(char) && !isPunctuation(char);
}

/** True when an emphasis is a single stretch of letters that more letters follow: only stars can stand within a word. */
function inWord(line: readonly Stretch[], at: number): boolean {
  const part = line[at];
  const next = line[at + 1];
  if (part === undefined || part.token || next === undefined || next.token || next.marks.length >= part.marks.length)
    return false;
  const ends = [String.fromCodePoint(part.text.codePointAt(0) ?? 0x20), codePointBefore(part.text, part.text.length)];
  return part.marks.at(-1) === "emphasis" && !part.marks.includes("strong") && ends.every(wordAt) && wordAt(next.text.charAt(0));
}

/** A letter as a reference counts as punctuation, next to which a mark may begin or end. */
function spelledFirst(text: string): string {
  const code = text.codePointAt(0);
  if (code === undefined || !wordAt(String.fromCodePoint(code))) return text;
  const rest = text.slice(code > 0xffff ? 2 : 1);
  return `&#${code};${rest.startsWith("_") ? "\\" : ""}${rest}`;
}

function spelledLast(text: string): string {
  const last = codePointBefore(text, text.length);
  const rest = text.slice(0, text.length - last.length);
  // What was harmless before a letter may not be before a reference.
  const bare = rest.endsWith("_") ? !rest.endsWith("\\_") : /(?<!\\)(?:\\\\)*\\$/.test(rest.slice(-64));
  return `${bare ? `${rest.slice(0, -1)}\\${rest.slice(-1)}` : rest}&#${last.codePointAt(0)};`;
}

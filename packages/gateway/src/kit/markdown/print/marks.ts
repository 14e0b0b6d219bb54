import { commonMarks, type Mark, type Stretch } from "../../runs.ts";
import { codePointBefore, isPunctuation, isSpace } from "../flank.ts";
import { escapeText } from "./escape.ts";

const signs: Readonly<Record<Mark, string>> = { strong: "**", emphasis: "_", delete: "~~", spoiler: "||" };

interface MarkOptions {
  readonly html?: boolean;
  readonly escape?: (escaped: string) => string;
}

/** One run of inline content with its marks. Stretches that are not tokens are text, still to be escaped. */
export function writeMarks(line: readonly Stretch[], inCell: boolean, options: MarkOptions): string {
  const out: string[] = [];
  /** Of texts right behind the beginning of marks: where the text before those marks is. */
  const led = new Map<number, number>();
  let open: readonly Sign[] = [];
  /** True when the last of `out` is text, whose ends may be spelled as references. */
  let pliable = false;
  const write = (list: readonly Sign[]): void => {
    if (list.length > 0) out.push(list.map(({ sign }) => (inCell ? sign.replaceAll("|", "\\|") : sign)).join(""));
  };
  for (const [i, part] of line.entries()) {
    let body = part.token ? part.text : (options.escape ?? same)(escapeText(part.text, inCell, options.html));
    const common = commonMarks(
      open.map(({ mark }) => mark),
      part.marks,
    );
    const closing = open.slice(common).toReversed();
    const opening = part.marks.slice(common);
    const inner = lastOf(out);
    write(closing);
    if (closing.length > 0) pliable = false;
    open = open.slice(0, common);
    if (opening.length > 0) {
      const before = lastOf(out);
      const starred = options.html ? isAlone(line, i) : wordAt(before) && pliable && opening.length === 1 && inWord(line, i);
      const chosen = opening.map((mark) => ({ mark, sign: starred && mark === "emphasis" ? "*" : signs[mark] }));
      const first = opening.length > 1 ? "*" : String.fromCodePoint(body.codePointAt(0) ?? 0x20);
      const tight = pliable && wordAt(before) && (chosen[0]?.sign === "_" || isPunctuation(first));
      if (options.html && closing.length > 0) out.push("<!-- -->");
      if (tight) spell(out, out.length - 1, led);
      if (pliable) led.set(out.length + 1, out.length - 1);
      write(chosen);
      open = [...open, ...chosen];
    } else if (closing.length > 0) {
      const bound = isPunctuation(inner) || closing.length > 1 || closing[0]?.sign === "_";
      if (bound && !part.token && closing.some(({ mark }) => mark !== "spoiler")) body = spelledFirst(body);
    } else if (pliable && body.startsWith("[") && lastOf(out) === "!") {
      // A `!` before a link would make an image of it.
      out.push(`${(out.pop() ?? "").slice(0, -1)}\\!`);
    }
    out.push(body);
    pliable = !part.token;
  }
  write(open.toReversed());
  return out.join("");
}

interface Sign {
  readonly mark: Mark;
  readonly sign: string;
}

function same(text: string): string {
  return text;
}

/** True when no mark of stars stands around the emphasis that begins here, or in it. */
function isAlone(line: readonly Stretch[], at: number): boolean {
  for (let i = at; line[i]?.marks.includes("emphasis"); i++) if (line[i]?.marks.includes("strong")) return false;
  return true;
}

function lastOf(out: readonly string[]): string {
  const last = out.at(-1) ?? "";
  return codePointBefore(last, last.length);
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

/** Spells the last letter of a text; when it is all of it, the marks before it need punctuation before them as well. */
function spell(out: string[], at: number, led: ReadonlyMap<number, number>): void {
  const text = out[at] ?? "";
  const last = codePointBefore(text, text.length);
  if (!wordAt(last)) return;
  out[at] = spelledLast(text);
  const before = led.get(at);
  if (last === text && before !== undefined) spell(out, before, led);
}

function spelledLast(text: string): string {
  const last = codePointBefore(text, text.length);
  const rest = text.slice(0, text.length - last.length);
  // What was harmless before a letter may not be before a reference.
  const bare = rest.endsWith("_") ? !rest.endsWith("\\_") : /(?<!\\)(?:\\\\)*\\$/.test(rest.slice(-64));
  return `${bare ? `${rest.slice(0, -1)}\\${rest.slice(-1)}` : rest}&#${last.codePointAt(0)};`;
}

import type { Inline, Link, Mention } from "../../../contract/index.ts";
import { commonMarks, runsOf, tighten, type Mark, type Run, type Stretch } from "../../runs.ts";
import { flattened, mentionText } from "../../text.ts";
import { cleanText } from "../entity.ts";
import { codePointBefore, isPunctuation, isSpace } from "../flank.ts";
import { escapeText, printCode, printTarget } from "./escape.ts";

/** How Markdown is printed. */
export interface PrintOptions {
  /** A platform's own token for a mention, printed as it is. Undefined: its name, as text. Not set: `[name](mention:…)`. */
  readonly mention?: (node: Mention) => string | undefined;
  /** Applied to text and code before it is printed, to disarm what only one platform takes for markup. */
  readonly literal?: (text: string) => string;
}

/** Inline content as Markdown; line feeds are kept. */
export function printInline(children: readonly Inline[], options: PrintOptions, inLink = false): string {
  return write(tighten(runsOf(children).map((run) => stretch(run, options, inLink))));
}

function stretch({ marks, node }: Run, options: PrintOptions, inLink: boolean): Stretch {
  const literal = (text: string): string => options.literal?.(cleanText(text)) ?? cleanText(text);
  const token = (text: string): Stretch => ({ marks, text, token: true });
  const plain = (text: string): Stretch => ({ marks, text: literal(text), token: false });
  const mention = (target: Mention): Stretch => {
    if (!inLink && options.mention === undefined) return token(printMention(target, literal));
    const own = inLink ? undefined : options.mention?.(target);
    return own === undefined ? plain(mentionText(target)) : token(own);
  };
  switch (node.type) {
    case "text":
      return plain(node.value);
    case "inlineCode":
      return node.value === "" ? plain("") : token(printCode(literal(node.value)));
    case "emoji":
      return plain(node.value ?? `:${node.name}:`);
    case "image":
      return inLink
        ? plain(node.alt || node.url)
        : token(`![${label(literal(node.alt ?? ""))}](${printTarget(node.url, node.title)})`);
    case "mention":
      return mention(node);
    case "link":
      return inLink ? plain(flattened(node.children)) : token(printLink(node, options));
  }
}

function label(text: string): string {
  return escapeText(text).replace(/[[\]]/g, "\\$&").replaceAll("]\\\\(", "]\\(");
}

function printMention(node: Mention, literal: (text: string) => string): string {
  const id = node.id === "" ? "" : `:${node.id}`;
  return `[${label(literal(mentionText(node)))}](${printTarget(`mention:${node.target}${id}`, undefined)})`;
}

const autolinked = /^[a-zA-Z][a-zA-Z\d+.-]{1,31}:[^\s<>\p{Cc}]*$/u;
const mailed = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z\d-]+(?:\.[a-zA-Z\d-]+)*$/;

function printLink(node: Link, options: PrintOptions): string {
  const [only, ...more] = node.children;
  const text = only?.type === "text" && more.length === 0 ? only.value : undefined;
  if (!node.title && text !== undefined) {
    if (text === node.url && autolinked.test(text) && !text.startsWith("mention:")) return `<${text}>`;
    if (node.url === `mailto:${text}` && mailed.test(text)) return `<${text}>`;
  }
  return `[${bracketed(printInline(node.children, options, true))}](${printTarget(node.url, node.title)})`;
}

/** Brackets in a link's text, escaped, and its addresses, which are not to be links; but not what stands in code. */
function bracketed(text: string): string {
  return text.replace(/\\[^]|(`+)(?!`)[^]*?[^`]\1(?!`)|[[\]]|:\/\/|(?<=www)\./gi, (found) =>
    /^(?:[[\].]|:\/\/)$/.test(found) ? `\\${found}` : found,
  );
}

const signs: Readonly<Record<Mark, string>> = { strong: "**", emphasis: "_", delete: "~~", spoiler: "||" };

function write(line: readonly Stretch[]): string {
  let out = "";
  let open: readonly { readonly mark: Mark; readonly sign: string }[] = [];
  /** True when `out` ends with text, whose last character may be spelled as a reference. */
  let pliable = false;
  const close = (count: number, next: string): string => {
    const closing = open.slice(open.length - count).toReversed();
    open = open.slice(0, open.length - count);
    if (closing.length === 0) return next;
    const inner = codePointBefore(out, out.length);
    const bound =
      closing.some(({ mark }) => mark !== "spoiler") && (isPunctuation(inner) || closing.length > 1 || closing[0]?.sign === "_");
    out += closing.map(({ sign }) => sign).join("");
    return bound ? spelledFirst(next) : next;
  };
  for (const [i, part] of line.entries()) {
    const body = part.token ? part.text : escapeText(part.text);
    if (body === "") continue;
    const common = commonMarks(
      open.map(({ mark }) => mark),
      part.marks,
    );
    const opening = part.marks.slice(common);
    const closes = open.length - common;
    const rest = close(closes, opening.length === 0 ? body : "");
    if (opening.length === 0) out += link(out, rest);
    else {
      const before = codePointBefore(out, out.length);
      const stars = wordAt(before) && closes === 0 && pliable && opening.length === 1 && inWord(line, i);
      const chosen = opening.map((mark) => ({ mark, sign: stars && mark === "emphasis" ? "*" : signs[mark] }));
      const first = opening.length > 1 ? "*" : String.fromCodePoint(body.codePointAt(0) ?? 0x20);
      if (pliable && wordAt(before) && (chosen[0]?.sign === "_" || isPunctuation(first))) out = spelledLast(out);
      out += chosen.map(({ sign }) => sign).join("") + body;
      open = [...open, ...chosen];
    }
    pliable = !part.token;
  }
  close(open.length, "");
  return out;
}

/** A `!` before a link would make an image of it. */
function link(out: string, next: string): string {
  return next.startsWith("[") && out.endsWith("!") && !out.endsWith("\\!") ? `\u200b${next}` : next;
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

function spelledFirst(text: string): string {
  const code = text.codePointAt(0);
  if (code === undefined || !wordAt(String.fromCodePoint(code))) return text;
  return `&#${code};${text.slice(code > 0xffff ? 2 : 1)}`;
}

function spelledLast(text: string): string {
  const last = codePointBefore(text, text.length);
  return `${text.slice(0, text.length - last.length)}&#${last.codePointAt(0)};`;
}

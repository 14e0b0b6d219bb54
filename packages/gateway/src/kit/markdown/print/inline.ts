import type { Inline, Link, Mention } from "../../../contract/index.ts";
import { runsOf, tighten, type Run, type Stretch } from "../../runs.ts";
import { flattened, mentionText } from "../../inline.ts";
import { cleanText } from "../entity.ts";
import { escapeText, printCode, printTarget } from "./escape.ts";
import { writeMarks } from "./marks.ts";

/** How Markdown is printed. */
export interface PrintOptions {
  /** A platform's own token for a mention, printed as it is. Undefined: its name, as text. Not set: `[name](mention:…)`. */
  readonly mention?: (node: Mention) => string | undefined;
  /** Applied to text and code before it is printed, to disarm what only one platform takes for markup. */
  readonly literal?: (text: string) => string;
}

/** Where inline content stands. */
interface Place {
  readonly options: PrintOptions;
  /** In a link's text, which holds no link. */
  readonly inLink: boolean;
  /** In a table's cell, which holds no bare pipe. */
  readonly inCell: boolean;
}

/** Inline content as Markdown; line feeds are kept. */
export function printInline(children: readonly Inline[], options: PrintOptions, inCell = false): string {
  return print(children, { options, inLink: false, inCell });
}

function print(children: readonly Inline[], place: Place): string {
  const line = runsOf(children).map(({ marks, node }): Stretch => {
    const token = tokenOf(node, place);
    if (token === undefined) return { marks, text: literal(wordsOf(node), place), token: false };
    return { marks, text: place.inCell ? token.replaceAll("|", "\\|") : token, token: true };
  });
  return writeMarks(tighten(line), place.inCell);
}

function literal(text: string, { options }: Place): string {
  const clean = cleanText(text);
  return options.literal?.(clean) ?? clean;
}

/** What is said where there is no markup for it. */
function wordsOf(node: Run["node"]): string {
  switch (node.type) {
    case "text":
    case "inlineCode":
      return node.value;
    case "emoji":
      return node.value ?? `:${node.name}:`;
    case "mention":
      return mentionText(node);
    case "image":
      return node.alt || node.url;
    case "link":
      return flattened(node.children);
  }
}

/** The markup of a node; undefined when it is to be text. */
function tokenOf(node: Run["node"], place: Place): string | undefined {
  switch (node.type) {
    case "inlineCode":
      // A cell has no way to say a backslash and a pipe in code.
      return place.inCell && node.value.includes("\\|") ? undefined : printCode(literal(node.value, place));
    case "mention":
      if (place.inLink) return undefined;
      return place.options.mention === undefined ? printMention(node, place) : place.options.mention(node);
    case "image":
      return place.inLink ? undefined : `![${label(node.alt ?? "", place)}](${printTarget(node.url, node.title)})`;
    case "link":
      return place.inLink ? undefined : printLink(node, place);
    case "text":
    case "emoji":
      return undefined;
  }
}

function printMention(node: Mention, place: Place): string {
  const id = node.id === "" ? "" : `:${node.id}`;
  return `[${label(mentionText(node), place)}](${printTarget(`mention:${node.target}${id}`, undefined)})`;
}

const autolinked = /^[a-zA-Z][a-zA-Z\d+.-]{1,31}:[^\s<>\p{Cc}]*$/u;
const mailed = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z\d-]+(?:\.[a-zA-Z\d-]+)*$/;

function printLink(node: Link, place: Place): string {
  const [only, ...more] = node.children;
  const text = only?.type === "text" && more.length === 0 ? only.value : undefined;
  if (!node.title && text !== undefined) {
    if (text === node.url && autolinked.test(text) && !text.startsWith("mention:")) return `<${text}>`;
    if (node.url === `mailto:${text}` && mailed.test(text)) return `<${text}>`;
  }
  return `[${bracketed(print(node.children, { ...place, inLink: true }))}](${printTarget(node.url, node.title)})`;
}

function label(text: string, place: Place): string {
  return bracketed(escapeText(literal(text, place), place.inCell));
}

/** Brackets in a link's text, escaped, and its addresses, which are not to be links; but not what stands in code. */
function bracketed(text: string): string {
  return text.replace(/\\[^]|(`+)(?!`)[^]*?[^`]\1(?!`)|[[\]]|:\/\/|(?<=www)\./gi, (found) =>
    /^(?:[[\].]|:\/\/)$/.test(found) ? `\\${found}` : found,
  );
}

import type { Inline, Link, Mention } from "../../../contract/index.ts";
import { runsOf, runsWithExtras, tighten, type ExtraRun, type Run, type Stretch } from "../../runs.ts";
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
  /** Applied to text that is escaped for Markdown, and not to code, to disarm what is found after Markdown is read. */
  readonly escape?: (escaped: string) => string;
  /**
   * For forges: extra marks and details as HTML, which `parseMarkdown` reads with the same option; emphasis between stars, and
   * rules of dashes; an empty comment keeps marks apart that touch.
   */
  readonly html?: boolean;
  /** What ends a line within a paragraph: a line feed alone, unless set; a backslash too, where that alone would be a space. */
  readonly feed?: "line" | "break";
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
  const runs = place.options.html ? runsWithExtras(children) : runsOf(children);
  const line = runs.map(({ marks, node }): Stretch => {
    if (isExtra(node)) return { marks, text: tagged(node, place), token: true };
    const token = tokenOf(node, place);
    if (token === undefined) return { marks, text: literal(wordsOf(node), place), token: false };
    return { marks, text: place.inCell ? celled(token, place) : token, token: true };
  });
  return writeMarks(tighten(line), place.inCell, place.options);
}

/** A token without bare pipes, which would end its cell. */
function celled(token: string, { options }: Place): string {
  if (!options.html) return token.replaceAll("|", "\\|");
  // Those in text are escaped already.
  return token.replace(/\\[^]|\|/g, (found) => (found === "|" ? "\\|" : found));
}

const tags = { underline: "ins", subscript: "sub", superscript: "sup" } as const;

function isExtra(node: (Run | ExtraRun)["node"]): node is ExtraRun["node"] {
  return node.type in tags;
}

function tagged({ type, children }: ExtraRun["node"], place: Place): string {
  return `<${tags[type]}>${print(children, place)}</${tags[type]}>`;
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

import type { Emoji, Inline, Mention } from "@devflow/gateway/contract";
import { cleanText, extraOf, flattened, foreign, linkForm, safeUrl, type ExtraMark, type Mark } from "@devflow/gateway/kit";

/** Marks that Jira has, in the order in which they are put around the same text, outermost first. */
export const markNames = ["strong", "emphasis", "delete", "underline", "subscript", "superscript"] as const;
export type MarkName = Exclude<Mark, "spoiler"> | ExtraMark;

/** Where a stretch of a line leads. Stretches of one link share the object. */
export interface LinkTo {
  readonly url: string;
  readonly title?: string;
  /** Marks around the link as a whole. */
  readonly outer: number;
}

/** A stretch of a line that is one thing, under the same marks. A `feed` is a line feed in text, a `break` one that was asked for. */
export interface Run {
  readonly marks: readonly MarkName[];
  readonly link?: LinkTo;
  readonly node:
    | { readonly type: "text" | "code"; readonly value: string }
    | { readonly type: "feed" | "break" }
    | Mention
    | Emoji;
}

/** Addresses that may be links. */
const schemes: readonly string[] = ["https", "http", "mailto"];

/**
 * Text as Jira may show it: without control characters and without characters that turn it around. Whatever the renderer may
 * take for the end of a line is a line feed.
 */
export function shown(text: string): string {
  return cleanText(text)
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, "");
}

/** Inline content as a flat list of stretches. Neighbouring text of one kind is one stretch. */
export function runsOf(children: readonly Inline[]): Run[] {
  const out: Run[] = [];
  collect(children, { marks: [] }, out);
  return out;
}

/** What surrounds a node. */
interface Around {
  readonly marks: readonly MarkName[];
  readonly link?: LinkTo;
}

function collect(children: readonly Inline[], around: Around, out: Run[]): void {
  for (const node of children) {
    switch (node.type) {
      case "text":
        addText(node.value, around, out);
        break;
      case "inlineCode":
        add("code", shown(node.value).replaceAll("\n", " "), around, out);
        break;
      case "break":
        out.push({ ...around, node: { type: "break" } });
        break;
      case "strong":
      case "emphasis":
      case "delete":
        collect(node.children, marked(around, node.type), out);
        break;
      case "spoiler":
        // Nothing in Jira hides text: a word says what it was.
        if (node.children.length > 0) addText("(spoiler) ", around, out);
        collect(node.children, around, out);
        break;
      case "link":
        link(node.url, node.title, node.children, around, out);
        break;
      case "image":
        link(node.url, undefined, [{ type: "text", value: node.alt || node.url }], around, out);
        break;
      case "mention":
      case "emoji":
        out.push({ ...around, node });
        break;
      default:
        collectOther(node, around, out);
    }
  }
}

function collectOther(node: Inline, around: Around, out: Run[]): void {
  const mark = extraOf(node);
  if (mark !== undefined) return collect(mark.children, marked(around, mark.type), out);
  const other = foreign(node);
  if ("value" in other) addText(other.value, around, out);
  else collect(other.children as Inline[], around, out);
}

function marked(around: Around, mark: MarkName): Around {
  return around.marks.includes(mark) ? around : { ...around, marks: [...around.marks, mark] };
}

function link(url: string, title: string | null | undefined, children: readonly Inline[], around: Around, out: Run[]): void {
  const form = around.link === undefined ? linkForm(url, flattened(children), schemes) : { form: "label" as const };
  if (form.form === "label") return collect(children, around, out);
  const said = title ? shown(title) : "";
  const to: LinkTo = { url: encoded(form.url), ...(said === "" ? {} : { title: said }), outer: around.marks.length };
  const same = flattened(children).trim() === form.url;
  if (form.form === "url" && !same) add("text", shown(form.url), { ...around, link: to }, out);
  else collect(children, { ...around, link: to }, out);
}

/** An address without what ends one in Jira's markup. */
export function encoded(url: string): string {
  return url.replace(/[\s|"<>\\^`{}]/gu, (char) => encodeURIComponent(char));
}

/** The address of an image that Jira may load, if it is one. */
export function imageUrl(url: string): string | undefined {
  const safe = safeUrl(url, ["https", "http"]);
  return safe === undefined ? undefined : encoded(safe);
}

function addText(value: string, around: Around, out: Run[]): void {
  for (const [i, line] of shown(value).split("\n").entries()) {
    if (i > 0) out.push({ ...around, node: { type: "feed" } });
    add("text", line, around, out);
  }
}

function add(type: "text" | "code", value: string, around: Around, out: Run[]): void {
  if (value === "") return;
  const last = out.at(-1);
  const node = joinable(last, { ...around, node: { type, value } });
  if (node === undefined) out.push({ ...around, node: { type, value } });
  else out[out.length - 1] = { ...around, node };
}

/** The stretches with neighbouring texts of one kind as one. */
export function joinText(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    const node = joinable(out.at(-1), run);
    if (node === undefined) out.push(run);
    else out[out.length - 1] = { ...run, node };
  }
  return out;
}

/** Two texts as one, if they are of the same kind, under the same marks and in the same link. */
function joinable(a: Run | undefined, b: Run): Run["node"] | undefined {
  if (a === undefined || a.link !== b.link || !sameMarks(a.marks, b.marks)) return undefined;
  const [one, other] = [a.node, b.node];
  const alike = (one.type === "text" && other.type === "text") || (one.type === "code" && other.type === "code");
  return alike ? { type: one.type, value: one.value + other.value } : undefined;
}

/** True when two stretches stand under the same marks, in whatever order. */
function sameMarks(a: readonly MarkName[], b: readonly MarkName[]): boolean {
  return a.length === b.length && a.every((mark) => b.includes(mark));
}

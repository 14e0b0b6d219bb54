import type { Block, Inline } from "../../contract/index.ts";
import { extra } from "../extra.ts";
import type { Footnotes } from "./scope.ts";

const definition = /^ {0,3}\[\^([^\]\s]{1,100})\]:[ \t]*(.*)$/;
const fence = /^ {0,3}(`{3,}|~{3,})/;

/** A text without the definitions of its footnotes, and these. Definitions within code are code. */
export function takeFootnotes(source: string): { readonly text: string; readonly notes: ReadonlyMap<string, string> } {
  const notes = new Map<string, string>();
  if (!source.includes("[^")) return { text: source, notes };
  const kept: string[] = [];
  let fenced: string | undefined;
  let note: { readonly label: string; readonly lines: string[] } | undefined;
  const finish = (): void => {
    if (note !== undefined) notes.set(note.label, note.lines.join("\n").trim());
    note = undefined;
  };
  for (const line of source.split("\n")) {
    const run = fence.exec(line)?.[1];
    if (run !== undefined && (fenced === undefined || (run.startsWith(fenced) && line.trim() === run)))
      fenced = fenced === undefined ? run : undefined;
    const [, label, text = ""] = fenced === undefined ? (definition.exec(line) ?? []) : [];
    if (label !== undefined && !notes.has(label)) {
      finish();
      note = { label, lines: [text] };
    } else if (note !== undefined && (/^(?: {2,}|\t)/.test(line) || (line.trim() === "" && note.lines.at(-1) !== ""))) {
      note.lines.push(line.replace(/^(?: {1,4}|\t)/, ""));
    } else {
      finish();
      kept.push(line);
    }
  }
  finish();
  return notes.size === 0 ? { text: source, notes } : { text: kept.join("\n"), notes };
}

const reference = /\[\^([^\]\s]{1,100})\]/y;

/** The reference to a footnote at `at`, and where it ends. */
export function footnoteAt(
  source: string,
  at: number,
  { labels, numbers }: Footnotes,
): { readonly node: Inline; readonly end: number } | undefined {
  reference.lastIndex = at;
  const label = reference.exec(source)?.[1];
  if (label === undefined || !labels.has(label)) return undefined;
  const number = numbers.get(label) ?? numbers.size + 1;
  numbers.set(label, number);
  return { node: raised(String(number)), end: reference.lastIndex };
}

/** A footnote as paragraphs at the end of a text. */
export function footnoteBlocks(number: string, blocks: readonly Block[]): Block[] {
  const [first, ...rest] = blocks;
  const mark = raised(number);
  if (first?.type !== "paragraph") return [{ type: "paragraph", children: [mark] }, ...blocks];
  return [{ type: "paragraph", children: [mark, { type: "text", value: " " }, ...first.children] }, ...rest];
}

function raised(value: string): Inline {
  return extra("superscript", [{ type: "text", value }]);
}

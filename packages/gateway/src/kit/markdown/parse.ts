import type { Content } from "../../contract/index.ts";
import { parseBlocks } from "./block.ts";
import { cleanText } from "./entity.ts";
import { footnoteBlocks, takeFootnotes } from "./footnote.ts";
import type { ParseOptions, Scope } from "./scope.ts";

/**
 * Reads Markdown (CommonMark with GitHub's tables, tasks, strikethrough and bare addresses, and `||spoiler||`) as a tree.
 * A line feed stays a line feed; raw HTML is text, but for `<br>`; a link to `mention:user:<id>`, `mention:channel:<id>`,
 * `mention:group:<id>` or `mention:room` is a mention. Never throws, and takes time linear in the length; what nests
 * deeper than 10 levels stays text. `options` read more of what forges write.
 */
export function parseMarkdown(text: string, options: ParseOptions = {}): Content {
  if (options.html) return parseForge(text.replace(control, ""), options);
  const clean = cleanText(text);
  const plain = options.feed === "space" ? undefined : parsePlain(clean);
  return plain ?? parseBlocks(clean, { options });
}

const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/** With the footnotes at the end, in the order in which they are referred to. */
function parseForge(source: string, options: ParseOptions): Content {
  const { text, notes } = takeFootnotes(cleanText(source));
  const scope: Scope =
    notes.size === 0 ? { options } : { options, footnotes: { labels: new Set(notes.keys()), numbers: new Map() } };
  const blocks = parseBlocks(text, scope);
  const numbers = scope.footnotes?.numbers ?? new Map<string, number>();
  const written = new Set<string>();
  // A footnote may be the first to refer to another one.
  for (const label of numbers.keys()) {
    written.add(label);
    blocks.push(...footnoteBlocks(String(numbers.get(label)), parseBlocks(notes.get(label) ?? "", scope)));
  }
  for (const [label, note] of notes) if (!written.has(label)) blocks.push(...footnoteBlocks(label, parseBlocks(note, scope)));
  return blocks;
}

const markup =
  /[\\`*_~[\]<&@|\r\t\v\f\u00a0\u0085\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u1680\ufeff]|:\/\/|www\.|^ *(?:[#>+=-]|:-|\d{1,9}[.)])|^ {4}/im;

const edges = /^ | $/m;

function trimSpaces(line: string): string {
  return line.trim();
}

/** Text without any markup, the most frequent case, in a fraction of the time: paragraphs, and nothing else. */
export function parsePlain(text: string): Content | undefined {
  if (markup.test(text)) return undefined;
  return text
    .split(/\n(?: *\n)+/)
    .map((part) => (edges.test(part) ? part.split("\n").map(trimSpaces).join("\n") : part).trim())
    .filter((value) => value !== "")
    .map((value) => ({ type: "paragraph", children: [{ type: "text", value }] }));
}

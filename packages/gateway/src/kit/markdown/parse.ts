import type { Content } from "../../contract/index.ts";
import { parseBlocks } from "./block.ts";
import { cleanText } from "./entity.ts";

/**
 * Reads Markdown (CommonMark with GitHub's tables, tasks, strikethrough and bare addresses, and `||spoiler||`) as a tree.
 * A line feed stays a line feed; raw HTML is text, but for `<br>`; a link to `mention:user:<id>`, `mention:channel:<id>`,
 * `mention:group:<id>` or `mention:room` is a mention. Never throws, and takes time linear in the length; what nests
 * deeper than 10 levels stays text.
 */
export function parseMarkdown(text: string): Content {
  const clean = cleanText(text);
  return parsePlain(clean) ?? parseBlocks(clean);
}

const markup =
  /[\\`*_~[\]<&@|\r\t\v\f\u00a0\u0085\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u1680\ufeff]|:\/\/|www\.|^ *(?:[#>+=-]|\d{1,9}[.)])|^ {4}/im;

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

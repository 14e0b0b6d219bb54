import type { Block, Content, Inline, ListItem } from "@devflow/gateway/contract";

const fence = /```(?:\n)?([^]*?)(?:\n)?```/g;
const item = /^(?:[-*] (.*)|(\d{1,4})\. (.*))$/;
const quote = /^> ?(.*)$/;
/** A style stands between borders of words, within a line, and touches no space inside. Bounded, so that no text is slow to read. */
const mark =
  /`([^`\n]{1,1000})`|(?<![\p{L}\p{N}*_~])([*_~])(?=[^\s*_~])([^\n]{1,1000}?)(?<=\S)\2(?![\p{L}\p{N}])|(https?:\/\/[^\s<>"]{1,2000})/gu;
const types = { "*": "strong", _: "emphasis", "~": "delete" } as const;
/** Styles lie in each other; there are three. */
const deepest = 3;

/** Reads WhatsApp's markup as a tree. There are no entities in the payload: the text is all that is known. */
export function readMarkup(text: string): Content {
  const out: Block[] = [];
  let from = 0;
  for (const match of text.matchAll(fence)) {
    const code = match[1] ?? "";
    if (code.trim() === "") continue;
    out.push(...readLines(text.slice(from, match.index)), { type: "code", value: code });
    from = match.index + match[0].length;
  }
  return [...out, ...readLines(text.slice(from))];
}

function readLines(text: string): Block[] {
  const out: Block[] = [];
  let lines: string[] = [];
  let kind: "text" | "quote" | "bullet" | "number" = "text";
  let start = 1;
  const flush = (): void => {
    if (lines.some((line) => line.trim() !== "")) out.push(blockOf(kind, lines, start));
    lines = [];
  };
  for (const line of text.split("\n")) {
    const quoted = quote.exec(line);
    const listed = quoted ? null : item.exec(line);
    const next = quoted ? "quote" : listed ? (listed[2] === undefined ? "bullet" : "number") : "text";
    if (next !== kind || (next === "text" && line.trim() === "")) flush();
    if (lines.length === 0) start = Number(listed?.[2] ?? 1);
    kind = next;
    lines.push(quoted?.[1] ?? listed?.[1] ?? listed?.[3] ?? line);
  }
  flush();
  return out;
}

function blockOf(kind: "text" | "quote" | "bullet" | "number", lines: readonly string[], start: number): Block {
  if (kind === "text") return { type: "paragraph", children: readInline(lines.join("\n").replace(/^\n+|\n+$/g, "")) };
  if (kind === "quote") return { type: "blockquote", children: [{ type: "paragraph", children: readInline(lines.join("\n")) }] };
  const children = lines.map((line): ListItem => ({
    type: "listItem",
    children: [{ type: "paragraph", children: readInline(line) }],
  }));
  return { type: "list", ordered: kind === "number", ...(kind === "number" ? { start } : {}), children };
}

function readInline(text: string, depth = 0): Inline[] {
  const out: Inline[] = [];
  let from = 0;
  const plain = (to: number): void => {
    if (to > from) out.push({ type: "text", value: text.slice(from, to) });
  };
  for (const match of text.matchAll(mark)) {
    const [whole, code, sign, inner, url] = match;
    if (sign !== undefined && depth >= deepest) continue;
    plain(match.index);
    if (code !== undefined) out.push({ type: "inlineCode", value: code });
    else if (url !== undefined) out.push({ type: "link", url, children: [{ type: "text", value: url }] });
    else if (inner !== undefined) out.push({ type: types[sign as keyof typeof types], children: readInline(inner, depth + 1) });
    from = match.index + whole.length;
  }
  plain(text.length);
  return out;
}

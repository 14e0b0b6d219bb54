import type { Block, Code, Content, Fields, Inline, List, Table, TableRow } from "../../../contract/index.ts";
import { detailsOf, type Details } from "../../extra.ts";
import { flattened, foreign } from "../../inline.ts";
import { cleanText } from "../entity.ts";
import { escapeLineStart } from "./escape.ts";
import { printInline, type PrintOptions } from "./inline.ts";

export type { PrintOptions } from "./inline.ts";

/**
 * Writes a tree as Markdown that {@link parseMarkdown} reads as an equal tree, but for what Markdown cannot say: white
 * space at the edges of blocks, lines and marks goes; a mark within the same mark is one; an address in text becomes a
 * link; emoji and fields become text, and actions nothing; a list item of several paragraphs makes its list a spread one.
 */
export function printMarkdown(content: Content, options: PrintOptions = {}): string {
  return blocks(content, "\n\n", options);
}

function blocks(content: Content, separator: string, options: PrintOptions, first = false): string {
  let out = "";
  let before: Block | undefined;
  let turned = false;
  for (const block of content) {
    // A list right after a list of its kind would be read as one with it, were its marker the same.
    const next: boolean =
      before === undefined
        ? first
        : block.type === "list" && before.type === "list" && !block.ordered === !before.ordered && !turned;
    const text = printBlock(block, next, options);
    if (text === "") continue;
    turned = next;
    out += before === undefined ? text : (separator === "\n" && leans(before, block, text) ? "\n" : "\n\n") + text;
    before = block;
  }
  return out;
}

/** True when a block may follow another without a blank line, and be read as itself. */
function leans(before: Block, block: Block, text: string): boolean {
  // A bullet without text under a line of text would underline it as a heading.
  if (block.type === "list" && /^\S+ /.test(text))
    return before.type === "list" || (before.type === "paragraph" && (!block.ordered || (block.start ?? 1) === 1));
  return block.type === "code" && before.type === "paragraph";
}

function printBlock(block: Block, turned: boolean, options: PrintOptions): string {
  switch (block.type) {
    case "paragraph":
      return paragraph(block.children, options);
    case "heading":
      return heading(block.depth, printInline(block.children, options));
    case "blockquote":
      return blocks(block.children, "\n\n", options).replace(/^(?=[^\n])|^$/gm, (_, at: number, all: string) =>
        all[at] === "\n" || at === all.length ? ">" : "> ",
      );
    case "list":
      return list(block, turned, options);
    case "code":
      return code(block, options);
    case "table":
      return table(block, options);
    case "thematicBreak":
      return options.html ? "---" : "___";
    case "fields":
      return fields(block, options);
    case "actions":
      return "";
    default: {
      const folded = options.html ? detailsOf(block) : undefined;
      if (folded !== undefined) return details(folded, options);
      const other = foreign(block);
      if ("value" in other) return paragraph([{ type: "text", value: other.value }], options);
      return blocks(other.children as Block[], "\n\n", options);
    }
  }
}

function paragraph(children: readonly Inline[], options: PrintOptions): string {
  const text = printInline(children, options).trim();
  // A blank line would end the paragraph, so more than one line feed is spelled out.
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .replace(/\n{2,}/g, (feeds) => "<br>".repeat(feeds.length));
  return lines
    .split("\n")
    .map((line) => escapeLineStart(line))
    .join(options.feed === "break" ? "\\\n" : "\n");
}

/** Blank lines around what is folded let it be read as Markdown; its summary is HTML, in which a reference is what escapes. */
function details({ summary, children }: Details, options: PrintOptions): string {
  const title = cleanText(flattened(summary))
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[&<>*_~|`[\]\\]/g, (char) => references[char] ?? `&#${char.codePointAt(0)};`);
  const inner = blocks(children, "\n\n", options);
  return `<details>\n<summary>${title}</summary>\n\n${inner === "" ? "" : `${inner}\n\n`}</details>`;
}

const references: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function heading(depth: number, text: string): string {
  const said = broken(text.trim()).replace(/#$/, "\\#");
  return `${"#".repeat(Math.min(Math.max(depth, 1), 6))} ${said}`.trimEnd();
}

/** Lines as one, for places that hold no more. */
function broken(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .join("<br>");
}

function list(node: List, turned: boolean, options: PrintOptions): string {
  const start = Math.min(Math.max(node.start ?? 1, 0), 999_999_999 - node.children.length);
  const spread = node.spread === true;
  return node.children
    .map((item, i) => {
      const marker = node.ordered ? `${start + i}${turned ? ")" : "."}` : turned ? "*" : "-";
      const box = item.checked == null ? "" : item.checked ? "[x] " : "[ ] ";
      // A list that begins an item has another marker than the item: three of a kind in a line would be a rule.
      // Dashes right after a dash would be a rule with it.
      const text = box + blocks(item.children, spread ? "\n\n" : "\n", options, !turned).replace(/^---(?=\n|$)/, "___");
      return `${marker} ${text.replace(/\n(?=[^\n])/g, `\n${" ".repeat(marker.length + 1)}`)}`.trimEnd();
    })
    .join(spread ? "\n\n" : "\n");
}

function code(node: Code, options: PrintOptions): string {
  const literal = (text: string): string => options.literal?.(cleanText(text)) ?? cleanText(text);
  const value = literal(node.value);
  const info = literal(`${node.lang ?? ""} ${node.meta ?? ""}`)
    .replaceAll("\n", " ")
    .trim();
  // Backticks cannot stand in the first line of a fence of backticks.
  const mark = info.includes("`") ? "~" : "`";
  const longest = Math.max(2, ...Array.from(value.matchAll(/^ *(`+|~+)/gm), (run) => run[1]?.length ?? 0));
  const fence = mark.repeat(longest + 1);
  return `${fence}${info.replace(/[\\&]/g, "\\$&")}\n${value}\n${fence}`;
}

function table(node: Table, options: PrintOptions): string {
  const columns = Math.max(0, ...node.children.map((row) => row.children.length));
  const [head, ...rows] = node.children;
  if (head === undefined || columns === 0) return "";
  const rule = Array.from({ length: columns }, (_, i) => rules[node.align?.[i] ?? "none"]);
  return [
    tableRow(head, columns, options),
    `| ${rule.join(" | ")} |`,
    ...rows.map((row) => tableRow(row, columns, options)),
  ].join("\n");
}

const rules = { left: ":--", right: "--:", center: ":-:", none: "---" } as const;

function tableRow(row: TableRow, columns: number, options: PrintOptions): string {
  const cells = Array.from({ length: columns }, (_, i) =>
    broken(printInline(row.children[i]?.children ?? [], options, true).trim()),
  );
  return `| ${cells.join(" | ")} |`;
}

function fields(node: Fields, options: PrintOptions): string {
  const lines = node.items.flatMap((item, i): Inline[] => [
    ...(i === 0 ? [] : [{ type: "break" } as const]),
    { type: "strong", children: [{ type: "text", value: `${item.name}:` }] },
    { type: "text", value: " " },
    ...item.value,
  ]);
  return paragraph(lines, options);
}

import type { Block, Content, Heading, List, ListItem } from "@devflow/gateway/contract";
import { foreign, joined, tableText, unquoted } from "@devflow/gateway/kit";
import { renderInline, type RenderOptions } from "./line.ts";
import { fence } from "./literal.ts";

/**
 * Content as Discord's Markdown. Whatever the content, its text is shown as it is, and a mention is only what the tree names
 * one. The empty string when there is nothing to see: send nothing.
 */
export function renderMarkdown(content: Content, options: RenderOptions = {}): string {
  const text = blocks(content, options);
  return /[^\s\p{Cf}]/u.test(text) ? text : "";
}

function blocks(content: Content, options: RenderOptions): string {
  return joined(content, "\n\n", (block) => renderBlock(block, 0, options));
}

function renderBlock(block: Block, level: number, options: RenderOptions): string {
  switch (block.type) {
    case "paragraph":
      return renderInline(block.children, options);
    case "heading":
      return heading(block, options);
    case "blockquote":
      return quoted(unquoted(block.children), options);
    case "list":
      return list(block, level, options);
    case "code":
      return fence(block.value, block.lang ?? "");
    case "table":
      return fence(tableText(block));
    case "thematicBreak":
      return "──────────";
    case "fields":
      return joined(block.items, "\n", ({ name, value }) =>
        renderInline(
          [{ type: "strong", children: [{ type: "text", value: `${name}:` }] }, { type: "text", value: " " }, ...value],
          options,
        ),
      );
    case "actions":
      return "";
    default: {
      const other = foreign(block);
      return "value" in other
        ? renderInline([{ type: "text", value: other.value }], options)
        : blocks(other.children as Block[], options);
    }
  }
}

/** A heading is one line. There are three depths of them; deeper ones are strong text. */
function heading({ depth, children }: Heading, options: RenderOptions): string {
  if (depth > 3) return renderInline(children, options, ["strong"]);
  const text = renderInline(children, options)
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return text === "" ? "" : `${"#".repeat(depth)} ${text}`;
}

function quoted(content: Content, options: RenderOptions): string {
  const text = blocks(content, options);
  return text === "" ? "" : `> ${text.replaceAll("\n", "\n> ")}`;
}

function list(node: List, level: number, options: RenderOptions): string {
  const start = node.start ?? 1;
  let n = 0;
  return joined(node.children, node.spread ? "\n\n" : "\n", (item) =>
    listItem(item, node.ordered ? `${start + n++}. ` : "- ", level, options),
  );
}

function listItem(item: ListItem, marker: string, level: number, options: RenderOptions): string {
  const indent = "  ".repeat(level);
  const lead = marker + (item.checked == null ? "" : item.checked ? "☑ " : "☐ ");
  const hang = `${indent}  `;
  let out = "";
  for (const [i, child] of item.children.entries()) {
    const part = renderBlock(child, level + 1, options);
    if (part === "") continue;
    const flowing = child.type === "paragraph" || child.type === "heading";
    const body = flowing ? part.replaceAll("\n", `\n${hang}`) : part;
    if (i === 0) out += flowing ? indent + lead + body : child.type === "list" ? body : `${indent}${lead}\n${body}`;
    else out += flowing ? `\n\n${hang}${body}` : `\n${body}`;
  }
  return out === "" ? indent + lead.trimEnd() : out;
}

import type { Block, Content, Inline, List, Table } from "@devflow/gateway/contract";
import { cleanText, displayWidth, flattened, foreign, linkForm, mentionText } from "@devflow/gateway/kit";
import { linked } from "./html.ts";

const depthLimit = 80;
const signs = { strong: "**", emphasis: "*", delete: "~~" } as const;

/**
 * Content as the plain `body`: Markdown as a person would type it, for clients without HTML and for notifications. Nothing is
 * escaped, since nothing parses it. What a spoiler hides is not in it.
 */
export function renderBody(content: Content): string {
  return blocks(content, "\n\n", 0);
}

function blocks(content: Content, separator: string, depth: number): string {
  return content
    .map((block) => renderBlock(block, depth))
    .filter((part) => part !== "")
    .join(separator);
}

function renderBlock(block: Block, depth: number): string {
  if (depth > depthLimit) return "…";
  switch (block.type) {
    case "paragraph":
      return inlines(block.children, depth);
    case "heading":
      return `${"#".repeat(block.depth)} ${inlines(block.children, depth)}`;
    case "blockquote":
      return prefixed(blocks(block.children, "\n\n", depth + 1), "> ");
    case "list":
      return list(block, depth);
    case "code":
      return code(block.value, [block.lang, block.meta].filter(Boolean).join(" "));
    case "table":
      return table(block, depth);
    case "thematicBreak":
      return "---";
    case "fields":
      return block.items.map(({ name, value }) => `**${cleanText(name)}:** ${inlines(value, depth)}`).join("\n");
    case "actions":
      return "";
    default: {
      const other = foreign(block);
      return "value" in other ? cleanText(other.value) : blocks(other.children as Block[], "\n\n", depth + 1);
    }
  }
}

function prefixed(text: string, prefix: string): string {
  return text === "" ? "" : prefix + text.replaceAll("\n", `\n${prefix}`);
}

function list(node: List, depth: number): string {
  const start = node.start ?? 1;
  const items = node.children.map((item, i) => {
    const marker = node.ordered ? `${start + i}. ` : "- ";
    const box = item.checked == null ? "" : item.checked ? "[x] " : "[ ] ";
    const body = blocks(item.children, node.spread ? "\n\n" : "\n", depth + 1);
    return marker + box + body.replace(/\n(?=[^\n])/g, `\n${" ".repeat(marker.length)}`);
  });
  return items.join(node.spread ? "\n\n" : "\n");
}

function code(value: string, info: string): string {
  const body = cleanText(value);
  const longest = Math.max(2, ...Array.from(body.matchAll(/^ *(`+)/gm), (run) => run[1]?.length ?? 0));
  const fence = "`".repeat(longest + 1);
  return `${fence}${cleanText(info).replaceAll("\n", " ")}\n${body}${body.endsWith("\n") ? "" : "\n"}${fence}`;
}

function table(node: Table, depth: number): string {
  const rows = node.children.map((row) => row.children.map((cell) => inlines(cell.children, depth).replaceAll("\n", " ")));
  const [head = [], ...rest] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((cell, i) => {
    const dashes = "-".repeat(Math.max(1, displayWidth(cell)));
    const align = node.align?.[i];
    return `${align === "left" || align === "center" ? ":" : "-"}${dashes}${align === "right" || align === "center" ? ":" : "-"}`;
  });
  return [line(head), `|${rule.join("|")}|`, ...rest.map(line)].join("\n");
}

function inlines(children: readonly Inline[], depth: number): string {
  return children.map((child) => inline(child, depth)).join("");
}

function inline(node: Inline, depth: number): string {
  if (depth > depthLimit) return cleanText(flattened([node]));
  switch (node.type) {
    case "text":
      return cleanText(node.value);
    case "strong":
    case "emphasis":
    case "delete": {
      const inner = inlines(node.children, depth + 1);
      return inner === "" ? "" : signs[node.type] + inner + signs[node.type];
    }
    case "spoiler":
      return node.children.length === 0 ? "" : "[Spoiler]";
    case "inlineCode":
      return node.value === "" ? "" : inlineCode(cleanText(node.value));
    case "break":
      return "\n";
    case "link":
      return link(node.url, node.title, node.children, depth);
    case "image": {
      const label = cleanText(node.alt ?? "");
      const form = linkForm(node.url, label, linked);
      return form.form === "label" ? label || cleanText(node.url) : form.form === "url" ? form.url : `${label} (${form.url})`;
    }
    case "mention":
      return cleanText(mentionText(node));
    case "emoji":
      return cleanText(node.value ?? `:${node.name}:`);
    default: {
      const other = foreign(node);
      return "value" in other ? cleanText(other.value) : inlines(other.children as Inline[], depth + 1);
    }
  }
}

function inlineCode(value: string): string {
  const longest = Math.max(0, ...Array.from(value.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = value.startsWith("`") || value.endsWith("`") ? " " : "";
  return fence + space + value + space + fence;
}

function link(url: string, title: string | null | undefined, children: readonly Inline[], depth: number): string {
  const label = inlines(children, depth + 1);
  const form = linkForm(url, flattened(children), linked);
  if (form.form === "label") return label;
  // What reads as its own address needs no second one.
  if (form.form === "url" || form.url === `mailto:${label}` || form.url === `http://${label}`)
    return form.form === "url" ? form.url : label;
  return `[${label}](${form.url}${title ? ` "${cleanText(title)}"` : ""})`;
}

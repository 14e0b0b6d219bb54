import type { Block, Content, Inline, List, ListItem, Mention } from "../contract/index.ts";
import { tableText } from "./table.ts";
import { cleanText } from "./markdown/entity.ts";

/** What is said, without its markup: for logs, notifications, search, and handlers that want words. */
export function plainText(content: Content): string {
  return content
    .map(block)
    .filter((text) => text !== "")
    .join("\n\n");
}

/** The words of inline content. A `break` is a line feed. */
export function flattened(children: readonly Inline[]): string {
  let out = "";
  for (const child of children) out += inline(child);
  return out;
}

/** How a mention reads where it cannot be one. */
export function mentionText(node: Mention): string {
  return node.name || (node.target === "room" ? "@room" : node.id);
}

/**
 * A node that is not ours (a user's mdast may hold any): its text, if it has a `value`, else its children. Renderers call
 * this in their `default` branch.
 */
export function foreign(node: unknown): { readonly value: string } | { readonly children: readonly (Block | Inline)[] } {
  const { value, children } = typeof node === "object" && node !== null ? (node as { value?: unknown; children?: unknown }) : {};
  if (typeof value === "string") return { value };
  return { children: Array.isArray(children) ? (children as (Block | Inline)[]) : [] };
}

function block(node: Block): string {
  switch (node.type) {
    case "paragraph":
    case "heading":
      return flattened(node.children);
    case "blockquote":
      return plainText(node.children);
    case "list":
      return list(node);
    case "code":
      return cleanText(node.value);
    case "table":
      return tableText(node);
    case "thematicBreak":
      return "---";
    case "fields":
      return node.items.map((item) => `${cleanText(item.name)}: ${flattened(item.value)}`).join("\n");
    case "actions":
      return "";
    default: {
      const other = foreign(node);
      if ("value" in other) return cleanText(other.value);
      return other.children
        .map((child) => block(child as Block))
        .filter((text) => text !== "")
        .join("\n\n");
    }
  }
}

function list(node: List): string {
  const start = node.start ?? 1;
  return node.children.map((item, i) => listItem(item, node.ordered ? `${start + i}. ` : "- ")).join(node.spread ? "\n\n" : "\n");
}

function listItem(node: ListItem, marker: string): string {
  const text = node.children
    .map(block)
    .filter((part) => part !== "")
    .join("\n");
  // What is left of an item that was cut has no marker of its own.
  if (node.children[0]?.type === "list")
    return `${" ".repeat(marker.length)}${text.replaceAll("\n", `\n${" ".repeat(marker.length)}`)}`;
  const box = node.checked == null ? "" : node.checked ? "[x] " : "[ ] ";
  return marker + box + text.replaceAll("\n", `\n${" ".repeat(marker.length)}`);
}

function inline(node: Inline): string {
  switch (node.type) {
    case "text":
    case "inlineCode":
      return cleanText(node.value);
    case "break":
      return "\n";
    case "mention":
      return cleanText(mentionText(node));
    case "emoji":
      return node.value ?? `:${node.name}:`;
    case "image":
      return cleanText(node.alt || node.url);
    case "link":
      return flattened(node.children) || cleanText(node.url);
    case "strong":
    case "emphasis":
    case "delete":
    case "spoiler":
      return flattened(node.children);
    default: {
      const other = foreign(node);
      return "value" in other ? cleanText(other.value) : flattened(other.children as Inline[]);
    }
  }
}

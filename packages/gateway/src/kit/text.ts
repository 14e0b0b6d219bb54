import type { Block, Content, List, ListItem } from "../contract/index.ts";
import { flattened, foreign } from "./inline.ts";
import { cleanText } from "./markdown/entity.ts";
import { tableText } from "./table.ts";

/** What is said, without its markup: for logs, notifications, search, and handlers that want words. */
export function plainText(content: Content): string {
  return content
    .map(block)
    .filter((text) => text !== "")
    .join("\n\n");
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

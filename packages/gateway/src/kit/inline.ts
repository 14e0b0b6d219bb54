import type { Block, Inline, Mention } from "../contract/index.ts";
import { cleanText } from "./markdown/entity.ts";

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
 * this in their `default` branch. Of raw HTML, a line break is one, and everything else is text.
 */
export function foreign(node: unknown): { readonly value: string } | { readonly children: readonly (Block | Inline)[] } {
  const { value, children } = typeof node === "object" && node !== null ? (node as { value?: unknown; children?: unknown }) : {};
  if (typeof value === "string") return { value: /^<br\s*\/?>$/i.test(value) ? "\n" : value };
  return { children: Array.isArray(children) ? (children as (Block | Inline)[]) : [] };
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

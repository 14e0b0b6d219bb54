import type { Block, Content, Inline } from "../contract/index.ts";
import { foreign } from "./inline.ts";

/** Content with inline nodes replaced, innermost first: `replace` gives what to put in a node's place. */
export function mapInlines(content: Content, replace: (node: Inline) => readonly Inline[]): Block[] {
  const inlines = (nodes: readonly Inline[]): Inline[] =>
    nodes.flatMap((node) => replace(hasChildren(node) ? ({ ...node, children: inlines(node.children) } as Inline) : node));
  return mapLines(content, inlines);
}

/**
 * Content with its text replaced: `replace` gives what to say instead of a run of text, or nothing to leave it. What stands in
 * code or in a link is not asked for: there a `#12` is no reference and an `@name` is nobody.
 */
export function mapText(content: Content, replace: (text: string) => readonly Inline[] | undefined): Block[] {
  const inlines = (nodes: readonly Inline[]): Inline[] =>
    nodes.flatMap((node): readonly Inline[] => {
      if (node.type === "text") return replace(node.value) ?? [node];
      return node.type !== "link" && hasChildren(node) ? [{ ...node, children: inlines(node.children) } as Inline] : [node];
    });
  return mapLines(content, inlines);
}

function hasChildren(node: Inline): node is Inline & { readonly children: readonly Inline[] } {
  return "children" in node && Array.isArray(node.children);
}

function mapLines(content: Content, inlines: (nodes: readonly Inline[]) => Inline[]): Block[] {
  const block = (node: Block): Block => {
    switch (node.type) {
      case "paragraph":
      case "heading":
        return { ...node, children: inlines(node.children) };
      case "blockquote":
        return { ...node, children: node.children.map(block) };
      case "list":
        return { ...node, children: node.children.map((item) => ({ ...item, children: item.children.map(block) })) };
      case "table": {
        const rows = node.children.map((row) => ({
          ...row,
          children: row.children.map((cell) => ({ ...cell, children: inlines(cell.children) })),
        }));
        return { ...node, children: rows };
      }
      case "fields":
        return { ...node, items: node.items.map((item) => ({ ...item, value: inlines(item.value) })) };
      case "code":
      case "thematicBreak":
      case "actions":
        return node;
      default: {
        const other = foreign(node);
        if ("value" in other) return node;
        return { ...(node as object), children: (other.children as Block[]).map(block) } as unknown as Block;
      }
    }
  };
  return content.map(block);
}

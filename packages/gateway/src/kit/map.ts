import type { Block, Content, Inline } from "../contract/index.ts";
import { foreign } from "./inline.ts";

/** Content with inline nodes replaced, innermost first: `replace` gives what to put in a node's place. */
export function mapInlines(content: Content, replace: (node: Inline) => readonly Inline[]): Block[] {
  const inlines = (nodes: readonly Inline[]): Inline[] =>
    nodes.flatMap((node) =>
      replace("children" in node && Array.isArray(node.children) ? { ...node, children: inlines(node.children) } : node),
    );
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
        return "value" in other ? node : { type: "blockquote", children: (other.children as Block[]).map(block) };
      }
    }
  };
  return content.map(block);
}

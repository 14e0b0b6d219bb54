import type { Block, Inline } from "../../contract/index.ts";
import { flattened } from "../inline.ts";
import { plainText } from "../text.ts";

/**
 * A block one step nearer to bare text: its first part is taken out of what is around it. Every step takes something away,
 * so that some number of them leaves text alone.
 */
export function simpler(block: Block): Block[] {
  switch (block.type) {
    case "paragraph":
      return paragraph(unwrapped(block.children));
    case "heading":
      return paragraph(block.children);
    case "blockquote": {
      const [first, ...more] = block.children;
      return first === undefined ? [] : [first, ...(more.length > 0 ? [{ ...block, children: more }] : [])];
    }
    case "list": {
      const [first, ...more] = block.children;
      const going: Block = { ...block, ...(block.ordered ? { start: (block.start ?? 1) + 1 } : {}), children: more };
      return first === undefined ? [] : [...first.children, ...(more.length > 0 ? [going] : [])];
    }
    default: {
      const value = plainText([block]);
      return value === "" ? [] : paragraph([{ type: "text", value }]);
    }
  }
}

function paragraph(children: readonly Inline[]): Block[] {
  return children.length === 0 ? [] : [{ type: "paragraph", children }];
}

function unwrapped([first, ...more]: readonly Inline[]): readonly Inline[] {
  if (first === undefined) return more;
  if ("children" in first && Array.isArray(first.children)) return [...first.children, ...more];
  const value = first.type === "text" ? "" : flattened([first]);
  return value === "" ? more : [{ type: "text", value }, ...more];
}

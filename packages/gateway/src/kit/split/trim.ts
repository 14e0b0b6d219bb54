import type { Block, Content, Inline } from "../../contract/index.ts";

/** Content without the white space at its beginning, which a cut left there. */
export function trimStart(content: Content): Content {
  return trimmed(content, "start");
}

/** Content without the white space at its end, which a cut left there. */
export function trimEnd(content: Content): Content {
  return trimmed(content, "end");
}

type Side = "start" | "end";

function trimmed(content: Content, side: Side): Content {
  let rest = content;
  while (rest.length > 0) {
    const at = side === "start" ? 0 : rest.length - 1;
    const edge = rest[at] as Block;
    const kept = trimBlock(edge, side);
    if (kept === edge) return rest;
    if (kept !== undefined) return rest.with(at, kept);
    rest = without(rest, side);
  }
  return rest;
}

function without<T>(items: readonly T[], side: Side): readonly T[] {
  return side === "start" ? items.slice(1) : items.slice(0, -1);
}

function trimBlock(block: Block, side: Side): Block | undefined {
  switch (block.type) {
    case "paragraph":
    case "heading": {
      const children = trimInlines(block.children, side);
      return children.length === 0 ? undefined : children === block.children ? block : { ...block, children };
    }
    case "blockquote": {
      const children = trimmed(block.children, side);
      return children.length === 0 ? undefined : children === block.children ? block : { ...block, children };
    }
    case "list": {
      // Items keep their place even when they are empty: numbers count them.
      if (side === "start" || block.children.length === 0) return block.children.length === 0 ? undefined : block;
      const last = block.children.at(-1);
      if (last === undefined || last.children.length === 0) return block;
      const children = trimmed(last.children, side);
      return children === last.children ? block : { ...block, children: [...block.children.slice(0, -1), { ...last, children }] };
    }
    case "code": {
      const value = side === "start" ? block.value.replace(/^\n/, "") : block.value;
      return value.trim() === "" ? undefined : value === block.value ? block : { ...block, value };
    }
    default:
      return block;
  }
}

function trimInlines(nodes: readonly Inline[], side: Side): readonly Inline[] {
  let rest = nodes;
  while (rest.length > 0) {
    const at = side === "start" ? 0 : rest.length - 1;
    const edge = rest[at] as Inline;
    const kept = trimInline(edge, side);
    if (kept === edge) return rest;
    if (kept !== undefined) return rest.with(at, kept);
    rest = without(rest, side);
  }
  return rest;
}

function trimInline(node: Inline, side: Side): Inline | undefined {
  switch (node.type) {
    case "break":
      return undefined;
    case "text": {
      const value = side === "start" ? node.value.trimStart() : node.value.trimEnd();
      return value === "" ? undefined : value === node.value ? node : { ...node, value };
    }
    case "strong":
    case "emphasis":
    case "delete":
    case "spoiler": {
      const children = trimInlines(node.children, side);
      return children.length === 0 ? undefined : children === node.children ? node : { ...node, children };
    }
    default:
      return node;
  }
}

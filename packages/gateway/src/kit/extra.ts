import type { Block, Inline } from "../contract/index.ts";

/** Marks that forges and trackers have and chats have not. */
export type ExtraMark = "underline" | "subscript" | "superscript";

/** Inline content under a mark that is not one of the contract's. Who does not know it shows its children: `foreign`. */
export interface Extra {
  readonly type: ExtraMark;
  readonly children: readonly Inline[];
}

/** What is folded away below a line of its own. */
export interface Details {
  readonly summary: readonly Inline[];
  readonly children: readonly Block[];
}

/** A node with an extra mark, as a part of content. */
export function extra(type: ExtraMark, children: readonly Inline[]): Inline {
  return { type, children } as unknown as Inline;
}

/** A node as one with an extra mark, if it is. */
export function extraOf(node: Inline): Extra | undefined {
  const { type, children } = node as unknown as Extra;
  const known = type === "underline" || type === "subscript" || type === "superscript";
  return known && Array.isArray(children) ? { type, children } : undefined;
}

/** A block that folds, as a part of content. Who does not know it shows the summary in bold, and what is below it. */
export function details(summary: readonly Inline[], children: readonly Block[]): Block {
  const line = { type: "paragraph", children: [{ type: "strong", children: summary }] };
  return { type: "details", children: [line, ...children] } as unknown as Block;
}

/** A block as one that folds, if it is. */
export function detailsOf(block: Block): Details | undefined {
  const { type, children } = block as unknown as { type: string; children?: readonly Block[] };
  if (type !== "details" || !Array.isArray(children)) return undefined;
  const [first, ...rest] = children as readonly Block[];
  if (first?.type !== "paragraph") return { summary: [], children };
  const [strong, ...more] = first.children;
  return { summary: strong?.type === "strong" && more.length === 0 ? strong.children : first.children, children: rest };
}

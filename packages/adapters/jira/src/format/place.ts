import type { Block, Blockquote, Code, Content, Fields, Inline, List, ListItem, Paragraph } from "@devflow/gateway/contract";
import { detailsOf, details as foldedBlock, foreign, tableText } from "@devflow/gateway/kit";
import { alerts } from "../wire/alert.ts";
import { alertOf } from "./alert.ts";
import { boxed, holdsTasks } from "./task.ts";

/** Which of the two APIs a content is fitted for: they differ in what folds within what, and in tasks. */
export type Target = "adf" | "wiki";

/** What a block stands in. `nested` is a fold within a fold. */
type Place = "page" | "item" | "quote" | "panel" | "fold" | "nested";

/** Levels of blocks that keep their form; below them words remain. */
const depthLimit = 40;

/**
 * Content in which every block may stand where it stands, by Atlassian's schema; the wiki's markup has much the same bounds.
 * In a quote a heading is a bold line, and an inner quote's lines begin with `>`; in a list's item a quote is emphasised; a
 * table that may not be there is preformatted text. No word is lost.
 */
export function fitted(content: Content, target: Target): Block[] {
  return fit(content, { place: "page", target, depth: 0 });
}

interface Where {
  readonly place: Place;
  readonly target: Target;
  readonly depth: number;
}

function fit(content: Content, where: Where): Block[] {
  return content.flatMap((block) => fitBlock(block, where));
}

function within(where: Where, place: Place): Where {
  return { ...where, place, depth: where.depth + 1 };
}

const open: ReadonlySet<Place> = new Set<Place>(["page", "fold"]);

function fitBlock(block: Block, where: Where): Block[] {
  const { place } = where;
  const cramped = place === "item" || place === "quote";
  if (where.depth > depthLimit) return said(wordsOf(block));
  switch (block.type) {
    case "paragraph":
    case "code":
      return [block];
    case "heading":
      return cramped ? [{ type: "paragraph", children: [{ type: "strong", children: block.children }] }] : [block];
    case "thematicBreak":
      return cramped ? said("———") : [block];
    case "table": {
      const code: Code = { type: "code", value: tableText(block) };
      return open.has(place) ? [block] : [code];
    }
    case "fields":
      return open.has(place) ? [block] : lines(block);
    case "list":
      return [list(block, where)];
    case "blockquote":
      return quote(block, where);
    case "actions":
      return [];
    default: {
      const folded = detailsOf(block);
      if (folded !== undefined) return fold(folded.summary, folded.children, where);
      const other = foreign(block);
      return "value" in other ? said(other.value) : fit(other.children as Block[], within(where, place));
    }
  }
}

function said(value: string): Paragraph[] {
  return value === "" ? [] : [{ type: "paragraph", children: [{ type: "text", value }] }];
}

function list(node: List, where: Where): List {
  const inner = within(where, "item");
  const fitItem = (item: ListItem): ListItem => ({ ...item, children: fit(item.children, inner) });
  const children = node.children.map(fitItem);
  if (where.target === "wiki" || !children.some((item) => item.checked != null)) return { ...node, children };
  if (where.place !== "quote" && holdsTasks({ ...node, children })) return { ...node, children };
  return { ...node, children: children.map(boxed) };
}

function quote(node: Blockquote, where: Where): Block[] {
  const { place, target } = where;
  const alert = alertOf(node);
  const title: Block[] = alert === undefined ? [] : bold([{ type: "text", value: alerts[alert.kind].title }]);
  // Panels do not hold each other in the wiki, where folds are panels too.
  if (alert !== undefined && (place === "page" || (target === "adf" && (place === "fold" || place === "nested")))) {
    const mark: Paragraph = { type: "paragraph", children: [{ type: "text", value: `[!${alert.kind}]` }] };
    const children = fit(alert.children, within(where, "panel"));
    return [{ type: "blockquote", children: [mark, ...children] }];
  }
  const children = alert?.children ?? node.children;
  if (place === "item") return [...title, ...fit(children, within(where, "item")).map(emphasised)];
  const inner = fit([...title, ...children], within(where, "quote"));
  if (place !== "quote" && place !== "panel") return [{ type: "blockquote", children: inner }];
  return inner.map((block) => (block.type === "paragraph" ? { ...block, children: prefixed(block.children) } : block));
}

function fold(summary: readonly Inline[], children: readonly Block[], where: Where): Block[] {
  const { place, target } = where;
  if (place === "page") return [foldedBlock(summary, fit(children, within(where, "fold")))];
  if (place === "fold" && target === "adf") return [foldedBlock(summary, fit(children, within(where, "nested")))];
  return [...bold(summary), ...fit(children, within(where, place))];
}

function bold(children: readonly Inline[]): Paragraph[] {
  return children.length === 0 ? [] : [{ type: "paragraph", children: [{ type: "strong", children }] }];
}

function emphasised(block: Block): Block {
  return block.type === "paragraph" ? { ...block, children: [{ type: "emphasis", children: block.children }] } : block;
}

/** The inline content with `> ` before each of its lines. */
function prefixed(children: readonly Inline[]): Inline[] {
  const sign = { type: "text", value: "> " } as const;
  const signed = (nodes: readonly Inline[]): Inline[] =>
    nodes.flatMap((node): Inline[] => {
      if (node.type === "text") return [{ ...node, value: node.value.replaceAll("\n", "\n> ") }];
      if (node.type === "break") return [node, sign];
      if (node.type === "link" || !("children" in node)) return [node];
      return [{ ...node, children: signed(node.children) }];
    });
  return [sign, ...signed(children)];
}

function lines(node: Fields): Paragraph[] {
  const children = node.items.flatMap(({ name, value }, i): Inline[] => [
    ...(i === 0 ? [] : [{ type: "break" } as const]),
    { type: "strong", children: [{ type: "text", value: `${name}:` }] },
    { type: "text", value: " " },
    ...value,
  ]);
  return children.length === 0 ? [] : [{ type: "paragraph", children }];
}

/** The words of a block however deep it nests. */
function wordsOf(block: Block): string {
  const words: string[] = [];
  const left: unknown[] = [block];
  while (left.length > 0) {
    const other = foreign(left.pop());
    if ("value" in other) words.push(other.value);
    else left.push(...other.children.toReversed());
  }
  return words.join(" ");
}

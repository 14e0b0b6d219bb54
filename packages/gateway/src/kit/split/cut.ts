import type { Block, Content, Inline, List, ListItem, Table, TableRow } from "../../contract/index.ts";
import { foreign } from "../inline.ts";

/**
 * Places in a tree are counted in units: one for each UTF-16 unit of text and code, and one for each node that is whole or
 * nothing (a mention, an image, a rule). A cut at n puts the first n units in the head and the rest in the tail.
 */
export function unitsOf(node: Block | Inline | ListItem | TableRow, enough: number = Number.POSITIVE_INFINITY): number {
  switch (node.type) {
    case "text":
    case "inlineCode":
    case "code":
      return node.value.length;
    case "fields":
      return node.items.reduce((sum, item) => sum + item.name.length + sumOf(item.value, enough), 0);
    case "actions":
      return 0;
    case "break":
    case "mention":
    case "emoji":
    case "image":
    case "thematicBreak":
      return 1;
    default: {
      if ("children" in node && Array.isArray(node.children)) return sumOf(node.children as Inline[], enough);
      const other = foreign(node);
      return "value" in other ? other.value.length : 0;
    }
  }
}

/** Units of several nodes; stops counting soon after `enough`. */
export function sumOf(
  nodes: readonly (Block | Inline | ListItem | TableRow)[],
  enough: number = Number.POSITIVE_INFINITY,
): number {
  let sum = 0;
  for (const node of nodes) {
    sum += unitsOf(node, enough - sum);
    if (sum > enough) break;
  }
  return sum;
}

/** Two halves; the second is made when it is asked for, since looking for a place takes heads alone. */
interface Cut<T> {
  readonly head: T[];
  tail(): T[];
}

/** Divides content at `at` units. Nothing is lost, nothing is trimmed. */
export function cutBlocks(content: Content, at: number): Cut<Block> {
  return divide(content, at, cutBlock);
}

function divide<T extends Block | Inline>(nodes: readonly T[], at: number, cut: (node: T, at: number) => Cut<T>): Cut<T> {
  let left = at;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as T;
    const units = unitsOf(node, left);
    if (units <= left) {
      left -= units;
      continue;
    }
    if (left === 0) return { head: nodes.slice(0, i), tail: () => nodes.slice(i) };
    const { head, tail } = cut(node, left);
    return { head: [...nodes.slice(0, i), ...head], tail: () => [...tail(), ...nodes.slice(i + 1)] };
  }
  return { head: [...nodes], tail: () => [] };
}

function cutBlock(block: Block, at: number): Cut<Block> {
  switch (block.type) {
    case "code":
      return { head: [{ ...block, value: block.value.slice(0, at) }], tail: () => [{ ...block, value: block.value.slice(at) }] };
    case "paragraph":
    case "heading": {
      const { head, tail } = cutInlines(block.children, at);
      return { head: [{ ...block, children: head }], tail: () => [{ ...block, children: tail() }] };
    }
    case "blockquote": {
      const { head, tail } = cutBlocks(block.children, at);
      return { head: [{ ...block, children: head }], tail: () => [{ ...block, children: tail() }] };
    }
    case "list":
      return cutList(block, at);
    case "table":
      return cutTable(block, at);
    case "fields":
      return cutFields(block, at);
    default: {
      const other = foreign(block);
      if ("value" in other) {
        const text = (value: string): Block => ({ type: "paragraph", children: [{ type: "text", value }] });
        return { head: [text(other.value.slice(0, at))], tail: () => [text(other.value.slice(at))] };
      }
      return cutBlocks(other.children as Block[], at);
    }
  }
}

/**
 * The rest of an item that is cut stands before the list that goes on, without a bullet of its own; but a list within the
 * item stays there, so that it keeps its level.
 */
function cutList(list: List, at: number): Cut<Block> {
  let left = at;
  for (let i = 0; i < list.children.length; i++) {
    const item = list.children[i] as ListItem;
    const units = unitsOf(item, left);
    if (units <= left) {
      left -= units;
      continue;
    }
    const start = (list.start ?? 1) + i;
    const before = list.children.slice(0, i);
    const numbered = (n: number): { start?: number } => (list.ordered ? { start: n } : {});
    if (left === 0) {
      return {
        head: [{ ...list, children: before }],
        tail: () => [{ ...list, ...numbered(start), children: list.children.slice(i) }],
      };
    }
    const { head, tail } = cutBlocks(item.children, left);
    const going = (): Block[] => {
      const own = tail();
      const inner = own.findIndex((block) => block.type === "list");
      const hoisted = inner < 0 ? own : own.slice(0, inner);
      const nested = inner < 0 ? [] : [{ type: "listItem", children: own.slice(inner) } as const];
      const rest = [...nested, ...list.children.slice(i + 1)];
      return rest.length === 0 ? hoisted : [...hoisted, { ...list, ...numbered(start + 1 - nested.length), children: rest }];
    };
    return { head: [{ ...list, children: [...before, { ...item, children: head }] }], tail: going };
  }
  return { head: [list], tail: () => [] };
}

/** A table that goes on has its head again: its first row is the head by definition. */
function cutTable(table: Table, at: number): Cut<Block> {
  let left = at;
  for (let i = 0; i < table.children.length; i++) {
    const row = table.children[i] as TableRow;
    const units = unitsOf(row, left);
    if (units <= left) {
      left -= units;
      continue;
    }
    const title = table.children.slice(0, i === 0 ? 0 : 1);
    const before = table.children.slice(0, i);
    if (left === 0) {
      return {
        head: [{ ...table, children: before }],
        tail: () => [{ ...table, children: [...title, ...table.children.slice(i)] }],
      };
    }
    const { head, tail } = cutRow(row, left);
    return {
      head: [{ ...table, children: [...before, head] }],
      tail: () => [{ ...table, children: [...title, tail, ...table.children.slice(i + 1)] }],
    };
  }
  return { head: [table], tail: () => [] };
}

function cutRow(row: TableRow, at: number): { head: TableRow; tail: TableRow } {
  let left = at;
  const cells = row.children.map((cell) => {
    const { head, tail } = cutInlines(cell.children, left);
    left = Math.max(0, left - sumOf(cell.children));
    return { head, tail: tail() };
  });
  const side = (key: "head" | "tail"): TableRow => ({
    ...row,
    children: cells.map((cell) => ({ type: "tableCell", children: cell[key] })),
  });
  return { head: side("head"), tail: side("tail") };
}

function cutFields(fields: Block & { type: "fields" }, at: number): Cut<Block> {
  let left = at;
  for (let i = 0; i < fields.items.length; i++) {
    const item = fields.items[i];
    if (item === undefined) break;
    const units = item.name.length + sumOf(item.value, left);
    if (units <= left) {
      left -= units;
      continue;
    }
    const before = fields.items.slice(0, i);
    const after = fields.items.slice(i + 1);
    if (left === 0) return { head: [{ ...fields, items: before }], tail: () => [{ ...fields, items: [item, ...after] }] };
    const { head, tail } = cutInlines(item.value, Math.max(0, left - item.name.length));
    const [name, more] = left < item.name.length ? [item.name.slice(0, left), item.name.slice(left)] : [item.name, ""];
    return {
      head: [{ ...fields, items: [...before, { name, value: head }] }],
      tail: () => [{ ...fields, items: [{ name: more, value: tail() }, ...after] }],
    };
  }
  return { head: [fields], tail: () => [] };
}

function cutInlines(nodes: readonly Inline[], at: number): Cut<Inline> {
  return divide(nodes, at, cutInline);
}

function cutInline(node: Inline, at: number): Cut<Inline> {
  if (node.type === "text" || node.type === "inlineCode") {
    return { head: [{ ...node, value: node.value.slice(0, at) }], tail: () => [{ ...node, value: node.value.slice(at) }] };
  }
  if ("children" in node && Array.isArray(node.children)) {
    const { head, tail } = cutInlines(node.children, at);
    return { head: [{ ...node, children: head }], tail: () => [{ ...node, children: tail() }] };
  }
  const other = foreign(node);
  const value = "value" in other ? other.value : "";
  return { head: [{ type: "text", value: value.slice(0, at) }], tail: () => [{ type: "text", value: value.slice(at) }] };
}

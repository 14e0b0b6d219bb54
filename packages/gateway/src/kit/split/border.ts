import type { Block, Content, Inline, ListItem, TableRow } from "../../contract/index.ts";
import { graphemeFloor } from "../graphemes.ts";
import { foreign } from "../inline.ts";
import { unitsOf } from "./cut.ts";

/** Kinds of places to cut at, best first. */
export const levels = ["block", "inner", "line", "space", "grapheme", "label", "point"] as const;
type Level = (typeof levels)[number];

/** The last place of each kind within reach, in units; absent when there is none but the very beginning. */
export interface Borders extends Partial<Record<Level, number>> {
  /** Where the link ends that goes beyond the reach. */
  linkEnd?: number;
}

interface Walk {
  readonly max: number;
  readonly found: Borders;
  at: number;
}

/** Finds the last place of each kind at or before `max` units. */
export function borders(content: Content, max: number): Borders {
  const walk: Walk = { max, found: {}, at: 0 };
  let afterHeading = false;
  for (const block of content) {
    // A heading stays with what it is the heading of.
    note(walk, afterHeading ? "line" : "block", walk.at);
    if (walk.at > max) break;
    visitBlock(walk, block);
    afterHeading = block.type === "heading";
  }
  return walk.found;
}

function note(walk: Walk, level: Level, at: number): void {
  if (at > 0 && at <= walk.max) walk.found[level] = at;
}

function visitBlock(walk: Walk, block: Block): void {
  switch (block.type) {
    case "paragraph":
    case "heading":
      return visitInlines(walk, block.children, false);
    case "blockquote":
      return visitChildren(walk, block.children);
    case "list":
      return visitEach(walk, block.children, (item: ListItem) => visitChildren(walk, item.children));
    case "code":
      return visitCode(walk, block.value);
    case "table":
      return visitEach(walk, block.children, (row: TableRow) => {
        for (const cell of row.children) visitInlines(walk, cell.children, true);
      });
    case "fields":
      return visitEach(walk, block.items, (item) => {
        walk.at += item.name.length;
        visitInlines(walk, item.value, false);
      });
    case "thematicBreak":
    case "actions":
      walk.at += unitsOf(block);
      return;
    default: {
      const other = foreign(block);
      if ("value" in other) visitText(walk, other.value, false);
      else visitChildren(walk, other.children as Block[]);
    }
  }
}

function visitChildren(walk: Walk, children: Content): void {
  visitEach(walk, children, (child) => visitBlock(walk, child));
}

function visitEach<T>(walk: Walk, items: readonly T[], visit: (item: T) => void): void {
  let first = true;
  for (const item of items) {
    if (!first) note(walk, "inner", walk.at);
    if (walk.at > walk.max) return;
    first = false;
    visit(item);
  }
}

/** `whole`: a cut within is possible, but everything else is better. */
function visitInlines(walk: Walk, children: readonly Inline[], whole: boolean): void {
  for (const child of children) {
    if (walk.at > walk.max) return;
    note(walk, whole ? "label" : "grapheme", walk.at);
    visitInline(walk, child, whole);
  }
  note(walk, whole ? "label" : "grapheme", walk.at);
}

function visitInline(walk: Walk, node: Inline, whole: boolean): void {
  switch (node.type) {
    case "text":
      return visitText(walk, node.value, whole);
    case "inlineCode":
      return visitText(walk, node.value, true);
    case "link": {
      const end = walk.at + unitsOf(node);
      if (end > walk.max) walk.found.linkEnd = end;
      return visitInlines(walk, node.children, true);
    }
    case "break":
      if (!whole) note(walk, "line", walk.at);
      walk.at += 1;
      return;
    case "strong":
    case "emphasis":
    case "delete":
    case "spoiler":
      return visitInlines(walk, node.children, whole);
    case "mention":
    case "emoji":
    case "image":
      walk.at += 1;
      return;
    default: {
      const other = foreign(node);
      if ("value" in other) visitText(walk, other.value, whole);
      else visitInlines(walk, other.children as Inline[], whole);
    }
  }
}

function visitText(walk: Walk, value: string, whole: boolean): void {
  const reach = Math.min(walk.max - walk.at, value.length);
  if (!whole && reach > 0) {
    note(walk, "line", walk.at + Math.max(0, value.lastIndexOf("\n", reach)));
    note(walk, "space", walk.at + Math.max(0, value.lastIndexOf(" ", reach)));
  }
  visitPoints(walk, value, reach, whole ? "label" : "grapheme");
}

/** In code the line feed is dropped at a cut, and a space is kept. */
function visitCode(walk: Walk, value: string): void {
  const reach = Math.min(walk.max - walk.at, value.length);
  if (reach > 0) {
    note(walk, "line", walk.at + Math.max(0, value.lastIndexOf("\n", reach)));
    note(walk, "space", walk.at + value.lastIndexOf(" ", reach - 1) + 1);
  }
  visitPoints(walk, value, reach, "grapheme");
}

function visitPoints(walk: Walk, value: string, reach: number, level: Level): void {
  if (reach > 0 && reach < value.length) {
    note(walk, level, walk.at + graphemeFloor(value, reach));
    const low = value.charCodeAt(reach);
    note(walk, "point", walk.at + (low >= 0xdc00 && low <= 0xdfff ? reach - 1 : reach));
  }
  walk.at += value.length;
}

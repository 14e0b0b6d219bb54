import type { Block, Content } from "../../contract/index.ts";
import { borders, levels, type Borders } from "./border.ts";
import { cutBlocks, sumOf, unitsOf } from "./cut.ts";
import { simpler } from "./simpler.ts";
import { trimEnd, trimStart } from "./trim.ts";

type Measure = (content: Content) => number;

/**
 * Divides content into parts of which none measures more than `limit`. Cuts stand between blocks if they can, else between
 * items, lines, words, and at last characters as readers see them; never within a link, unless it alone is too long. Code
 * that is cut is code in both parts, a list goes on counting, a table has its head again; white space at a cut is dropped,
 * and nothing else. A single character beyond the limit is cut between code points, and a single code point beyond it is
 * a part. Actions stay at the end of the last part. Where there is nothing to measure there are no parts.
 */
export function splitContent(content: Content, limit: number, measure: Measure): Content[] {
  if (content.length === 0) return [];
  const last = content.at(-1);
  if (sumOf(content, limit) <= limit) {
    const size = measure(content);
    if (size <= limit) return size > 0 || last?.type === "actions" ? [content] : [];
  }
  if (last?.type === "actions") return withActions(splitContent(content.slice(0, -1), limit, measure), last, limit, measure);
  const parts: Content[] = [];
  let rest = trimStart(content);
  while (rest.length > 0) {
    const { part, tail } = takePart(rest, limit, measure);
    if (part.length > 0) parts.push(part);
    rest = trimStart(tail);
  }
  return parts;
}

function withActions(parts: Content[], actions: Block, limit: number, measure: Measure): Content[] {
  const last = parts.at(-1);
  if (last === undefined || measure([...last, actions]) > limit) return [...parts, [actions]];
  return [...parts.slice(0, -1), [...last, actions]];
}

interface Taken {
  readonly part: Content;
  readonly tail: Content;
}

function takePart(rest: Content, limit: number, measure: Measure): Taken {
  const bound = Math.max(limit, 1) * 8;
  const units = sumOf(rest, bound);
  // What has no units (an empty paragraph) has no words either.
  if (units === 0) return { part: measure(rest) > 0 ? rest : [], tail: [] };
  const total = Math.min(units, bound);
  let reach = reachOf(rest, total, limit, measure);
  if (reach >= units) {
    // A sign may need an escape when the space behind it is gone.
    const part = trimEnd(rest);
    const size = measure(part);
    return { part: size > limit ? rest : size > 0 ? part : [], tail: [] };
  }
  while (reach >= 0) {
    const at = choose(rest, reach, limit, measure);
    if (at === undefined) break;
    const { head, tail } = cutBlocks(rest, at);
    const part = trimEnd(head);
    const size = measure(part);
    if (size <= limit) return { part: size > 0 ? part : [], tail: tail() };
    reach = Math.min(at, reach) - 1;
  }
  return takePlain(rest, limit, measure);
}

/** How many units fit at most, or nearly so: an eighth of a percent of the limit is not worth another look. */
function reachOf(rest: Content, total: number, limit: number, measure: Measure): number {
  let low = 0;
  let high = total + 1;
  let next = Math.min(total, limit);
  for (let step = 0; high - low > 1 + (limit >> 9); step++) {
    const size = measure(cutBlocks(rest, next).head);
    if (size <= limit) low = next;
    else high = next;
    // Text is much the same everywhere: what measures so much in all is a good guess. Halving comes after, for when it is not.
    const guess = step < 4 && size > 0 ? Math.round((next * limit) / size) : (low + high) >> 1;
    next = Math.min(Math.max(guess, low + 1), high - 1);
  }
  return low;
}

function choose(rest: Content, reach: number, limit: number, measure: Measure): number | undefined {
  const found = borders(rest, reach);
  const { block, linkEnd } = found;
  if (block !== undefined) return fill(rest, block, found, limit, measure);
  const level = levels.find((one) => found[one] !== undefined);
  const within = level === undefined || level === "label" || level === "point";
  // A piece of a link can be longer than the whole, of which the address alone may be shown.
  if (within && linkEnd !== undefined && measure(cutBlocks(rest, linkEnd).head) <= limit) return linkEnd;
  return level === undefined ? undefined : found[level];
}

/** A block that no part can hold is begun where the one before it ends, rather than left for the next part to cut. */
function fill(rest: Content, block: number, found: Borders, limit: number, measure: Measure): number {
  const better = [found.inner, found.line].find((at) => at !== undefined && at > block);
  if (better === undefined) return block;
  const next = cutBlocks(rest, block)
    .tail()
    .find((node) => unitsOf(node, 0) > 0);
  const oversized = next !== undefined && (unitsOf(next, limit * 2) > limit * 2 || measure([next]) > limit);
  return oversized ? better : block;
}

/** Nothing of the first block fits in its form: it gives up the outermost of it. Bare text gives up a character. */
function takePlain(rest: Content, limit: number, measure: Measure): Taken {
  const [first, ...after] = rest;
  if (first === undefined) return { part: [], tail: [] };
  const [text] = first.type === "paragraph" ? first.children : [];
  if (text?.type !== "text" || text.value === "") return { part: [], tail: [...simpler(first), ...after] };
  const { head, tail } = cutBlocks(rest, (text.value.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
  return { part: measure(head) > 0 ? head : [], tail: tail() };
}

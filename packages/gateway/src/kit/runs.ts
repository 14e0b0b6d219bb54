import type { Emoji, Image, Inline, InlineCode, Link, Mention, Text } from "../contract/index.ts";
import { extraOf, type Extra } from "./extra.ts";
import { foreign } from "./inline.ts";

/** What may be laid over text. */
export type Mark = "strong" | "emphasis" | "delete" | "spoiler";

/** A stretch of a line that is one thing, with the marks around it, outermost first and none twice. */
export interface Run {
  readonly marks: readonly Mark[];
  readonly node: Text | InlineCode | Link | Image | Mention | Emoji;
}

/**
 * Inline content as a flat list, for platforms whose marks cannot nest or cross lines as the tree's can. A break is text of
 * one line feed; neighbouring text, or code, with the same marks is one run; a link keeps its children.
 */
export function runsOf(children: readonly Inline[], marks: readonly Mark[] = []): Run[] {
  const out: Run[] = [];
  collect(children, marks, out, none);
  return out;
}

/** As {@link runsOf}, with nodes that have an extra mark as runs of their own. */
export function runsWithExtras(children: readonly Inline[]): (Run | ExtraRun)[] {
  const out: (Run | ExtraRun)[] = [];
  collect(children, [], out, extraOf);
  return out;
}

/** A stretch under an extra mark. */
export interface ExtraRun {
  readonly marks: readonly Mark[];
  readonly node: Extra;
}

type Keep = (node: Inline) => Extra | undefined;

function none(): undefined {
  return undefined;
}

function collect(children: readonly Inline[], marks: readonly Mark[], out: (Run | ExtraRun)[], keep: Keep): void {
  for (const node of children) {
    const kept = keep(node);
    if (kept !== undefined) {
      out.push({ marks, node: kept });
      continue;
    }
    switch (node.type) {
      case "strong":
      case "emphasis":
      case "delete":
      case "spoiler":
        collect(node.children, marks.includes(node.type) ? marks : [...marks, node.type], out, keep);
        break;
      case "text":
      case "inlineCode":
        addText(node.type, node.value, marks, out);
        break;
      case "break":
        addText("text", "\n", marks, out);
        break;
      case "link":
      case "image":
      case "mention":
      case "emoji":
        out.push({ marks, node });
        break;
      default: {
        const other = foreign(node);
        if ("value" in other) addText("text", other.value, marks, out);
        else collect(other.children as Inline[], marks, out, keep);
      }
    }
  }
}

function addText(type: "text" | "inlineCode", value: string, marks: readonly Mark[], out: (Run | ExtraRun)[]): void {
  const last = out.at(-1);
  const same = last?.marks.length === marks.length && commonMarks(last.marks, marks) === marks.length;
  if (same && last.node.type === type) out[out.length - 1] = { marks, node: { type, value: last.node.value + value } };
  else if (value !== "") out.push({ marks, node: { type, value } });
}

/** How many marks two runs have in common, from the outermost on. */
export function commonMarks(a: readonly Mark[], b: readonly Mark[]): number {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
}

/** A stretch of a line on its way to a platform's markup: text to be written out, or a token that is finished. */
export interface Stretch {
  readonly marks: readonly Mark[];
  readonly text: string;
  readonly token: boolean;
}

/** What {@link tighten} moves: a pattern of one character that may not stand at a mark's edge, and what to leave of them outside. */
export interface Edge {
  readonly blank: RegExp;
  readonly kept: (blanks: string) => string;
}

const whiteSpace: Edge = { blank: /\s/, kept: (blanks) => blanks };

/** Moves white space at the edges of marks out of them: most platforms take a sign next to a space for a sign. */
export function tighten(line: readonly Stretch[], edge: Edge = whiteSpace): Stretch[] {
  const forward = moved(line, edge, false);
  return moved(forward.toReversed(), edge, true).toReversed();
}

function moved(line: readonly Stretch[], edge: Edge, backward: boolean): Stretch[] {
  const out: Stretch[] = [];
  let before: readonly Mark[] = [];
  for (const stretch of line) {
    const common = commonMarks(before, stretch.marks);
    const { text } = stretch;
    const inside = !stretch.token && stretch.marks.length > common;
    const at = inside ? (backward ? endOf(text, edge.blank) : startOf(text, edge.blank)) : backward ? text.length : 0;
    const blank = edge.kept(backward ? text.slice(at) : text.slice(0, at));
    const rest = backward ? text.slice(0, at) : text.slice(at);
    if (blank !== "") {
      before = stretch.marks.slice(0, common);
      out.push({ marks: before, text: blank, token: false });
    }
    if (rest === "") continue;
    out.push(rest === text ? stretch : { ...stretch, text: rest });
    before = stretch.marks;
  }
  return out;
}

function startOf(text: string, blank: RegExp): number {
  let at = 0;
  while (at < text.length && blank.test(text.charAt(at))) at++;
  return at;
}

function endOf(text: string, blank: RegExp): number {
  let at = text.length;
  while (at > 0 && blank.test(text.charAt(at - 1))) at--;
  return at;
}

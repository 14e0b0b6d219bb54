import type { Emoji, Image, Inline, InlineCode, Link, Mention, Text } from "../contract/index.ts";
import { foreign } from "./text.ts";

/** What may be laid over text. */
export type Mark = "strong" | "emphasis" | "delete" | "spoiler";

/** A stretch of a line that is one thing, with the marks around it, outermost first and none twice. */
export interface Run {
  readonly marks: readonly Mark[];
  readonly node: Text | InlineCode | Link | Image | Mention | Emoji;
}

/**
 * Inline content as a flat list, for platforms whose marks cannot nest or cross lines as the tree's can. A break is text of
 * one line feed; neighbouring text with the same marks is one run; a link keeps its children.
 */
export function runsOf(children: readonly Inline[], marks: readonly Mark[] = []): Run[] {
  const out: Run[] = [];
  collect(children, marks, out);
  return out;
}

function collect(children: readonly Inline[], marks: readonly Mark[], out: Run[]): void {
  for (const node of children) {
    switch (node.type) {
      case "strong":
      case "emphasis":
      case "delete":
      case "spoiler":
        collect(node.children, marks.includes(node.type) ? marks : [...marks, node.type], out);
        break;
      case "text":
        text(node.value, marks, out);
        break;
      case "break":
        text("\n", marks, out);
        break;
      case "inlineCode":
      case "link":
      case "image":
      case "mention":
      case "emoji":
        out.push({ marks, node });
        break;
      default: {
        const other = foreign(node);
        if ("value" in other) text(other.value, marks, out);
        else collect(other.children as Inline[], marks, out);
      }
    }
  }
}

function text(value: string, marks: readonly Mark[], out: Run[]): void {
  const last = out.at(-1);
  const same =
    last?.node.type === "text" && last.marks.length === marks.length && last.marks.every((mark, i) => mark === marks[i]);
  if (same && last.node.type === "text") out[out.length - 1] = { marks, node: { type: "text", value: last.node.value + value } };
  else if (value !== "") out.push({ marks, node: { type: "text", value } });
}

/** How many marks two runs have in common, from the outermost on. */
export function commonMarks(a: readonly Mark[], b: readonly Mark[]): number {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
}

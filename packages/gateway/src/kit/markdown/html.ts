import type { Inline } from "../../contract/index.ts";
import { extra } from "../extra.ts";
import { flattened } from "../inline.ts";
import { maxDepth } from "./delimiter.ts";

/** A tag as the reader of a line found it; mdast's node for raw HTML. */
export function htmlNode(value: string): Inline {
  return { type: "html", value } as unknown as Inline;
}

/** The raw HTML of a node, if it is that. */
export function htmlOf(node: Inline): string | undefined {
  const { type, value } = node as unknown as { type: string; value?: string };
  return type === "html" ? value : undefined;
}

const tag = /^<(\/?)([a-z]+)\s*>$/i;
const folding = /^<\/?(?:details(?:\s+open)?|summary)\s*>$/i;
const makers: Readonly<Record<string, (children: readonly Inline[]) => Inline>> = {
  sub: (children) => extra("subscript", children),
  sup: (children) => extra("superscript", children),
  ins: (children) => extra("underline", children),
  u: (children) => extra("underline", children),
  del: (children) => ({ type: "delete", children }),
  s: (children) => ({ type: "delete", children }),
  strike: (children) => ({ type: "delete", children }),
  b: (children) => ({ type: "strong", children }),
  strong: (children) => ({ type: "strong", children }),
  i: (children) => ({ type: "emphasis", children }),
  em: (children) => ({ type: "emphasis", children }),
  kbd: (children) => ({ type: "inlineCode", value: flattened(children) }),
  code: (children) => ({ type: "inlineCode", value: flattened(children) }),
};

/**
 * Makes marks of the tags that stand in pairs, and text of all others. `folds`: tags of details are left for whoever reads
 * blocks.
 */
export function pairTags(nodes: readonly Inline[], folds: boolean): Inline[] {
  const out: Inline[] = [];
  /** Places in `out` of tags that are open, by name. */
  const open = new Map<string, number[]>();
  let opened = 0;
  for (const node of nodes) {
    const html = htmlOf(node);
    if (html === undefined) {
      out.push("children" in node ? { ...node, children: pairTags(node.children, false) } : node);
      continue;
    }
    if (html.startsWith("<!--")) continue;
    const [, slash, name = ""] = tag.exec(html) ?? [];
    const known = name.toLowerCase();
    const make = Object.hasOwn(makers, known) ? makers[known] : undefined;
    if (make !== undefined && slash === "/") {
      const from = open.get(known)?.pop();
      if (from !== undefined) opened--;
      if (from !== undefined && from < out.length) {
        const inner = out.splice(from);
        out.push(make(merged(inner.slice(1), false)));
        continue;
      }
    }
    if (make !== undefined && slash === "" && opened < maxDepth) {
      opened++;
      const places = open.get(known);
      if (places === undefined) open.set(known, [out.length]);
      else places.push(out.length);
    }
    out.push(node);
  }
  return merged(out, folds);
}

/** The nodes with what is left of HTML as text, and neighbouring texts as one. */
export function merged(nodes: readonly Inline[], folds: boolean): Inline[] {
  const out: Inline[] = [];
  for (const one of nodes) {
    const html = htmlOf(one);
    const node: Inline = html === undefined || (folds && folding.test(html)) ? one : { type: "text", value: html };
    const last = out.at(-1);
    if (node.type === "text" && last?.type === "text") out[out.length - 1] = { type: "text", value: last.value + node.value };
    else out.push(node);
  }
  return out;
}

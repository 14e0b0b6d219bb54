import type { Block, Inline } from "../../contract/index.ts";
import { details } from "../extra.ts";
import { maxDepth } from "./delimiter.ts";
import { htmlOf, merged } from "./html.ts";

/** A fold that is open while blocks are read. */
interface Frame {
  readonly tag: Inline;
  summary: readonly Inline[];
  readonly blocks: Block[];
}

/** Blocks with those between `<details>` and `</details>` folded. Tags without a partner are text. */
export function foldDetails(blocks: readonly Block[]): Block[] {
  if (!blocks.some((block) => block.type === "paragraph" && block.children.some(isTag))) return [...blocks];
  const page: Block[] = [];
  const frames: Frame[] = [];
  const into = (): Block[] => frames.at(-1)?.blocks ?? page;
  for (const block of blocks) {
    if (block.type !== "paragraph" || !block.children.some(isTag)) {
      into().push(block);
      continue;
    }
    let line: Inline[] = [];
    const flush = (): void => {
      into().push(...paragraph(line));
      line = [];
    };
    const { children } = block;
    const lastEnd = children.findLastIndex((node) => tagOf(node) === "/summary");
    for (let at = 0; at < children.length; at++) {
      const node = children[at] as Inline;
      const name = tagOf(node);
      const frame = frames.at(-1);
      if (name === "details" && frames.length < maxDepth) {
        flush();
        frames.push({ tag: node, summary: [], blocks: [] });
      } else if (name === "/details" && frame !== undefined) {
        flush();
        frames.pop();
        into().push(details(frame.summary, frame.blocks));
      } else if (name === "summary" && at < lastEnd && frame?.blocks.length === 0 && frame.summary.length === 0) {
        const from = at + 1;
        while (tagOf(children[at] as Inline) !== "/summary") at++;
        frame.summary = trimmed(children.slice(from, at));
      } else line.push(node);
    }
    flush();
  }
  for (let frame = frames.pop(); frame !== undefined; frame = frames.pop())
    into().push(...paragraph([frame.tag, ...frame.summary]), ...frame.blocks);
  return page;
}

const known = /^<(\/?(?:details|summary))(?:\s+open)?\s*>$/i;

function tagOf(node: Inline): string | undefined {
  return known.exec(htmlOf(node) ?? "")?.[1]?.toLowerCase();
}

function isTag(node: Inline): boolean {
  return tagOf(node) !== undefined;
}

function paragraph(line: readonly Inline[]): Block[] {
  const children = trimmed(line);
  return children.length === 0 ? [] : [{ type: "paragraph", children }];
}

/** As text where it is none of ours, without the white space around it. */
function trimmed(line: readonly Inline[]): Inline[] {
  const nodes = merged(line, false);
  const first = nodes[0];
  if (first?.type === "text") nodes[0] = { ...first, value: first.value.trimStart() };
  const last = nodes.at(-1);
  if (last?.type === "text") nodes[nodes.length - 1] = { ...last, value: last.value.trimEnd() };
  return nodes.filter((node) => node.type !== "text" || node.value !== "");
}

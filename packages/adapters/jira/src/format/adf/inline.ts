import type { Emoji, Inline, Mention } from "@devflow/gateway/contract";
import { mentionText } from "@devflow/gateway/kit";
import type { AdfMark, AdfNode } from "../../wire/adf.ts";
import { accountId } from "../../wire/person.ts";
import { markNames, runsOf, shown, type MarkName, type Run } from "../runs.ts";

/** Inline content as nodes of a paragraph, without breaks at its ends. No text among them is empty. */
export function inlineNodes(children: readonly Inline[]): AdfNode[] {
  const nodes = runsOf(children).map(inlineNode);
  const isBreak = ({ type }: AdfNode): boolean => type === "hardBreak";
  const from = nodes.findIndex((node) => !isBreak(node));
  const to = nodes.findLastIndex((node) => !isBreak(node));
  return joined(nodes.slice(Math.max(from, 0), to + 1));
}

const markTypes: Readonly<Record<MarkName, AdfMark>> = {
  strong: { type: "strong" },
  emphasis: { type: "em" },
  delete: { type: "strike" },
  underline: { type: "underline" },
  subscript: { type: "subsup", attrs: { type: "sub" } },
  superscript: { type: "subsup", attrs: { type: "sup" } },
};

function inlineNode(run: Run): AdfNode {
  const { node } = run;
  switch (node.type) {
    case "text":
    case "code":
      return textNode(node.value, run);
    case "feed":
    case "break":
      return { type: "hardBreak" };
    case "mention":
      return mention(node, run);
    case "emoji":
      return emoji(node, run);
  }
}

function textNode(text: string, run: Run): AdfNode {
  const { link: _, ...bare } = run;
  // A link of nothing but space is what a break in a link leaves.
  const marks = marksOf(text.trim() === "" ? bare : run);
  return { type: "text", text, ...(marks.length === 0 ? {} : { marks }) };
}

/** Code may be in a link, and under no other mark; of sub and sup there is one. */
function marksOf({ marks, link, node }: Run): readonly AdfMark[] {
  const { url, title } = link ?? {};
  const leads: AdfMark[] = url === undefined ? [] : [{ type: "link", attrs: { href: url, ...(title ? { title } : {}) } }];
  if (node.type === "code") return [...leads, { type: "code" }];
  const low = marks.find((mark) => mark === "subscript" || mark === "superscript");
  const laid = markNames.filter((mark) => marks.includes(mark) && (markTypes[mark].type !== "subsup" || mark === low));
  return [...leads, ...laid.map((mark) => markTypes[mark])];
}

function mention(node: Mention, run: Run): AdfNode {
  const name = shown(mentionText(node)).replaceAll("\n", " ");
  if (node.target !== "user" || !accountId.test(node.id) || run.link !== undefined) return textNode(name || node.id || "@", run);
  return { type: "mention", attrs: { id: node.id, text: name.startsWith("@") ? name : `@${name}` } };
}

function emoji({ name, value }: Emoji, run: Run): AdfNode {
  const text = shown(value ?? "");
  const plain = /^[\p{L}\p{N}_+-]{1,100}$/u.test(name);
  if (!plain || run.link !== undefined) return textNode(text || `:${shown(name)}:`, run);
  return { type: "emoji", attrs: { shortName: `:${name}:`, ...(text === "" ? {} : { text }) } };
}

/** Neighbouring texts under the same marks are one. */
function joined(nodes: readonly AdfNode[]): AdfNode[] {
  const out: AdfNode[] = [];
  for (const node of nodes) {
    const last = out.at(-1);
    const same = node.type === "text" && last?.type === "text" && JSON.stringify(last.marks) === JSON.stringify(node.marks);
    if (same) out[out.length - 1] = { ...node, text: `${last.text}${node.text}` };
    else out.push(node);
  }
  return out;
}

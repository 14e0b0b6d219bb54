import type { Block, Content, Fields, List, ListItem, Paragraph, Table } from "@devflow/gateway/contract";
import { detailsOf, flattened } from "@devflow/gateway/kit";
import type { AdfDoc, AdfNode } from "../../wire/adf.ts";
import { alerts } from "../../wire/alert.ts";
import { alertOf } from "../alert.ts";
import { fitted } from "../place.ts";
import { imageUrl, shown } from "../runs.ts";
import { holdsTasks } from "../task.ts";
import { inlineNodes } from "./inline.ts";

/**
 * Content as a document that Jira Cloud takes: valid by Atlassian's schema, whatever the content. Its `content` is empty
 * when there is nothing to say, and Jira refuses that. The same content makes the same document, ids of tasks included.
 */
export function toAdf(content: Content): AdfDoc {
  const ids: Ids = { tasks: 0, lists: 0 };
  return { version: 1, type: "doc", content: blocks(fitted(content, "adf"), ids, 0) };
}

/** Tasks are numbered through the document. */
interface Ids {
  tasks: number;
  lists: number;
}

function blocks(content: readonly Block[], ids: Ids, folds: number): AdfNode[] {
  return content.flatMap((block) => blockNodes(block, ids, folds));
}

/** Nodes that need something in them, with an empty paragraph where there is nothing. */
function filled(nodes: readonly AdfNode[]): readonly AdfNode[] {
  return nodes.length === 0 ? [{ type: "paragraph", content: [] }] : nodes;
}

function blockNodes(block: Block, ids: Ids, folds: number): AdfNode[] {
  switch (block.type) {
    case "paragraph":
      return paragraph(block);
    case "heading":
      return [{ type: "heading", attrs: { level: Math.min(Math.max(block.depth, 1), 6) }, content: inlineNodes(block.children) }];
    case "code":
      return [codeBlock(block.value, block.lang)];
    case "thematicBreak":
      return [{ type: "rule" }];
    case "list":
      return block.children.length === 0 ? [] : [holdsTasks(block) ? taskList(block, ids) : list(block, ids)];
    case "table":
      return table(block);
    case "fields":
      return fields(block);
    case "blockquote": {
      const alert = alertOf(block);
      if (alert === undefined) return [{ type: "blockquote", content: filled(blocks(block.children, ids, folds)) }];
      const { panelType } = alerts[alert.kind];
      return [{ type: "panel", attrs: { panelType }, content: filled(blocks(alert.children, ids, folds)) }];
    }
    default: {
      const { summary, children } = detailsOf(block) ?? { summary: [], children: [] };
      const title = shown(flattened(summary)).replaceAll("\n", " ");
      const content = filled(blocks(children, ids, folds + 1));
      return [{ type: folds === 0 ? "expand" : "nestedExpand", attrs: { title }, content }];
    }
  }
}

function paragraph({ children }: Paragraph): AdfNode[] {
  const [only, ...more] = children.filter((node) => node.type !== "text" || node.value.trim() !== "");
  if (only?.type === "image" && more.length === 0) {
    const url = imageUrl(only.url);
    const alt = shown(only.alt ?? "").replaceAll("\n", " ");
    const media = { type: "media", attrs: { type: "external", url, ...(alt === "" ? {} : { alt }) } };
    if (url !== undefined) return [{ type: "mediaSingle", attrs: { layout: "center" }, content: [media] }];
  }
  const content = inlineNodes(children);
  return content.length === 0 ? [] : [{ type: "paragraph", content }];
}

function codeBlock(value: string, lang: string | null | undefined): AdfNode {
  const text = shown(value);
  const language = shown(lang ?? "").trim();
  return {
    type: "codeBlock",
    ...(language === "" ? {} : { attrs: { language } }),
    content: text === "" ? [] : [{ type: "text", text }],
  };
}

function list(node: List, ids: Ids): AdfNode {
  const content = node.children.map((item) => ({ type: "listItem", content: filled(blocks(item.children, ids, 0)) }));
  if (!node.ordered) return { type: "bulletList", content };
  return { type: "orderedList", attrs: { order: Math.max(0, Math.trunc(node.start ?? 1)) }, content };
}

function taskList(node: List, ids: Ids): AdfNode {
  ids.lists++;
  const localId = `list-${ids.lists}`;
  return { type: "taskList", attrs: { localId }, content: node.children.flatMap((item) => task(item, ids)) };
}

function task(item: ListItem, ids: Ids): AdfNode[] {
  ids.tasks++;
  const localId = `task-${ids.tasks}`;
  const lines = item.children.flatMap((block) => (block.type === "paragraph" ? [block.children] : []));
  const children = lines.flatMap((line, i) => (i === 0 ? line : [{ type: "break" } as const, ...line]));
  const below = item.children.flatMap((block) =>
    block.type === "list" && block.children.length > 0 ? [taskList(block, ids)] : [],
  );
  const state = item.checked === true ? "DONE" : "TODO";
  return [{ type: "taskItem", attrs: { localId, state }, content: inlineNodes(children) }, ...below];
}

function table(node: Table): AdfNode[] {
  const columns = Math.max(0, ...node.children.map((row) => row.children.length));
  if (columns === 0) return [];
  const content = node.children.map((row, r) => ({
    type: "tableRow",
    content: Array.from({ length: columns }, (_, c) => cell(r === 0, inlineNodes(row.children[c]?.children ?? []))),
  }));
  return [{ type: "table", content }];
}

function fields({ items }: Fields): AdfNode[] {
  const content = items.map(({ name, value }) => ({
    type: "tableRow",
    content: [cell(true, inlineNodes([{ type: "text", value: name }])), cell(false, inlineNodes(value))],
  }));
  return content.length === 0 ? [] : [{ type: "table", content }];
}

function cell(head: boolean, content: readonly AdfNode[]): AdfNode {
  return { type: head ? "tableHeader" : "tableCell", content: [{ type: "paragraph", content }] };
}

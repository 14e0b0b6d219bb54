import type { Block, Content, Inline, List, ListItem } from "@devflow/gateway/contract";
import { cleanText, details } from "@devflow/gateway/kit";
import type { AlertKind } from "../../wire/alert.ts";
import { alertQuote } from "../alert.ts";
import { inlinesOf, mediaInline, textOf } from "./inline.ts";
import { attr, contentOf, depthLimit, typeOf, type Reading, type ReadContext } from "./node.ts";
import { tableOf } from "./table.ts";

export type { ReadContext } from "./node.ts";

/**
 * A document of Jira Cloud as content. Total: it takes anything and throws nothing; a node that it does not know is what is
 * in it, down to its text. Lost are colours, sizes, widths and alignments; the state of a decision; and the columns of a
 * layout, which follow one another.
 */
export function fromAdf(doc: unknown, context: ReadContext = {}): Content {
  return blocksOf(contentOf(doc), { context, depth: 0 });
}

function deeper(reading: Reading): Reading {
  return { ...reading, depth: reading.depth + 1 };
}

const inlineTypes: ReadonlySet<string> = new Set(
  "text hardBreak mention emoji date status inlineCard placeholder inlineExtension mediaInline".split(" "),
);

/** Blocks, with what stands among them without being one in paragraphs. */
function blocksOf(nodes: readonly unknown[], reading: Reading): Block[] {
  const out: Block[] = [];
  let line: unknown[] = [];
  const flush = (): void => {
    out.push(...paragraph(inlinesOf(line, reading)));
    line = [];
  };
  for (const node of nodes) {
    if (inlineTypes.has(typeOf(node))) line.push(node);
    else {
      flush();
      out.push(...blockOf(node, reading));
    }
  }
  flush();
  return out;
}

function paragraph(children: readonly Inline[]): Block[] {
  return children.some((child) => child.type !== "text" || child.value.trim() !== "") ? [{ type: "paragraph", children }] : [];
}

const alertKinds: Readonly<Record<string, AlertKind>> = {
  info: "NOTE",
  custom: "NOTE",
  tip: "TIP",
  success: "TIP",
  note: "IMPORTANT",
  warning: "WARNING",
  error: "CAUTION",
};

function blockOf(node: unknown, reading: Reading): Block[] {
  const nodes = contentOf(node);
  if (reading.depth > depthLimit) return paragraph([{ type: "text", value: textOf(node) }]);
  const inner = deeper(reading);
  switch (typeOf(node)) {
    case "paragraph":
      return paragraph(inlinesOf(nodes, reading));
    case "heading": {
      const depth = Math.min(Math.max(Math.trunc(Number(attr(node, "level")) || 1), 1), 6) as 1;
      return [{ type: "heading", depth, children: inlinesOf(nodes, reading) }];
    }
    case "rule":
      return [{ type: "thematicBreak" }];
    case "codeBlock": {
      const lang = cleanText(String(attr(node, "language") ?? ""));
      return [{ type: "code", ...(lang === "" ? {} : { lang }), value: textOf(node) }];
    }
    case "bulletList":
    case "orderedList":
    case "decisionList":
      return list(node, inner);
    case "taskList":
      return tasks(node, inner);
    case "blockquote":
      return [{ type: "blockquote", children: blocksOf(nodes, inner) }];
    case "panel":
      return [alertQuote(alertKinds[String(attr(node, "panelType"))] ?? "NOTE", blocksOf(nodes, inner))];
    case "expand":
    case "nestedExpand": {
      const title = cleanText(String(attr(node, "title") ?? ""));
      return [details(title === "" ? [] : [{ type: "text", value: title }], blocksOf(nodes, inner))];
    }
    case "table":
      return tableOf(node, (cell) => blocksOf(contentOf(cell), deeper(inner)));
    case "mediaSingle":
    case "mediaGroup":
      return nodes.flatMap((one) =>
        typeOf(one) === "media" ? paragraph([mediaInline(one, reading)]) : paragraph(inlinesOf(contentOf(one), inner)),
      );
    case "media":
      return paragraph([mediaInline(node, reading)]);
    case "blockCard":
    case "embedCard":
      return paragraph(inlinesOf([{ type: "inlineCard", attrs: { url: attr(node, "url") } }], reading));
    case "taskItem":
    case "blockTaskItem":
      return tasks({ content: [node] }, inner);
    case "listItem":
    case "decisionItem":
      return list({ type: typeOf(node) === "listItem" ? "bulletList" : "decisionList", content: [node] }, inner);
    default:
      return nodes.length > 0 ? blocksOf(nodes, inner) : paragraph(inlinesOf([node], inner));
  }
}

function list(node: unknown, reading: Reading): Block[] {
  const ordered = typeOf(node) === "orderedList";
  const order = Math.trunc(Number(attr(node, "order") ?? 1));
  const children = contentOf(node).map((item): ListItem => {
    const nodes = typeOf(item) === "listItem" ? contentOf(item) : decided(item);
    return { type: "listItem", children: blocksOf(nodes, reading) };
  });
  if (children.length === 0) return [];
  const start = Number.isSafeInteger(order) && order >= 0 ? order : 1;
  return [{ type: "list", ordered, ...(ordered ? { start } : {}), children }];
}

/** What stands in an item of another kind than its list; a decision says that it is one. */
function decided(item: unknown): readonly unknown[] {
  if (typeOf(item) !== "decisionItem") return [item];
  const said = { type: "text", text: "Decision:", marks: [{ type: "strong" }] };
  return [said, { type: "text", text: " " }, ...contentOf(item)];
}

/** Lists of tasks within a list follow the item that they belong to. */
function tasks(node: unknown, reading: Reading): Block[] {
  const items: ListItem[] = [];
  for (const one of contentOf(node)) {
    const last = items.at(-1);
    if (typeOf(one) !== "taskList") {
      items.push({ type: "listItem", checked: attr(one, "state") === "DONE", children: blocksOf(contentOf(one), reading) });
    } else if (last === undefined) items.push({ type: "listItem", checked: false, children: blocksOf([one], deeper(reading)) });
    else items[items.length - 1] = { ...last, children: [...last.children, ...blocksOf([one], deeper(reading))] };
  }
  return items.length === 0 ? [] : [{ type: "list", ordered: false, children: items } satisfies List];
}

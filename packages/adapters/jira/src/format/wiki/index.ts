import type { Block, Content, Fields, Inline, List, ListItem, Paragraph, Table } from "@devflow/gateway/contract";
import { detailsOf, flattened, joined } from "@devflow/gateway/kit";
import { alerts } from "../../wire/alert.ts";
import { alertOf } from "../alert.ts";
import { fitted } from "../place.ts";
import { imageUrl, shown } from "../runs.ts";
import { writeCode } from "./code.ts";
import { writeInline, type Dialect } from "./inline.ts";

/**
 * Content as Jira's wiki markup, for Data Center and the older API. Text is text: nothing in it makes a macro, a mention, an
 * image, a mark or a list. Empty when there is nothing to say.
 */
export function toWiki(content: Content, dialect: Dialect = "data-center"): string {
  return blocks(fitted(content, "wiki"), { dialect, around: [] });
}

interface Where {
  readonly dialect: Dialect;
  /** Macros around the block, none of which it may end. */
  readonly around: readonly string[];
}

function blocks(content: readonly Block[], where: Where): string {
  return joined(content, "\n\n", (block) => writeBlock(block, where));
}

function writeBlock(block: Block, where: Where): string {
  switch (block.type) {
    case "paragraph":
      return image(block) ?? writeInline(block.children, where);
    case "heading": {
      const text = line(block.children, where);
      return text === "" ? "" : `h${Math.min(Math.max(block.depth, 1), 6)}. ${text}`;
    }
    case "code":
      return writeCode(block.value, block.lang, where.around);
    case "thematicBreak":
      return "----";
    case "list":
      return list(block, "", where);
    case "table":
      return table(block, where);
    case "fields":
      return fields(block, where);
    case "blockquote": {
      const alert = alertOf(block);
      if (alert === undefined) return macro("quote", "", block.children, where);
      const { title, color } = alerts[alert.kind];
      return macro("panel", `:title=${title}|bgColor=${color}`, alert.children, where);
    }
    default: {
      const { summary, children } = detailsOf(block) ?? { summary: [], children: [] };
      const title = shown(flattened(summary)).replace(/\s+/g, " ").trim();
      return macro("panel", title === "" ? "" : `:title=${parameter(title)}`, children, where);
    }
  }
}

function macro(name: string, parameters: string, children: readonly Block[], where: Where): string {
  const inner = blocks(children, { ...where, around: [...where.around, name] });
  return `{${name}${parameters}}\n${inner === "" ? "" : `${inner}\n`}{${name}}`;
}

/** A value among a macro's or an image's parameters, without what would end it. */
function parameter(value: string): string {
  return value.replace(/&(?=#?\w{1,32};)/g, "&amp;").replace(/[|{}\\!,=\]["]/g, (char) => `&#${char.codePointAt(0)};`);
}

/** A line on its own, with breaks for its line feeds. */
function line(children: readonly Inline[], where: Where): string {
  return writeInline(children, { ...where, oneLine: true });
}

/** A paragraph of one image; images within text are links. */
function image({ children }: Paragraph): string | undefined {
  const [only, ...more] = children.filter((node) => node.type !== "text" || node.value.trim() !== "");
  const url = only?.type === "image" && more.length === 0 ? imageUrl(only.url) : undefined;
  if (url === undefined || only?.type !== "image") return undefined;
  const alt = shown(only.alt ?? "")
    .replace(/\s+/g, " ")
    .trim();
  return `!${url.replaceAll("!", "%21")}${alt === "" ? "" : `|alt=${parameter(alt)}`}!`;
}

/** Markers repeat those of the lists around: `#*` is a bullet within a number. */
function list(node: List, outer: string, where: Where): string {
  const marker = outer + (node.ordered ? "#" : "*");
  return joined(node.children, "\n", (item) => listItem(item, marker, where));
}

/** A blank line would end the list, so an item's paragraphs are one with breaks between. */
function listItem(item: ListItem, marker: string, where: Where): string {
  const lines: string[] = [];
  let text: Inline[] = [];
  const flush = (): void => {
    const said = line(text, where);
    const first = lines.length === 0 && item.checked != null ? (item.checked ? "(/) " : "(x) ") : "";
    if (said !== "" || first !== "") lines.push(lines.length === 0 ? `${marker} ${first}${said}`.trimEnd() : said);
    text = [];
  };
  for (const block of item.children) {
    if (block.type !== "paragraph") {
      flush();
      if (block.type !== "list" && lines.length === 0) lines.push(`${marker} `);
      const below = block.type === "list" ? list(block, marker, where) : writeBlock(block, where);
      if (below !== "") lines.push(below);
    } else if (text.length === 0) text = [...block.children];
    else if (line(block.children, where) !== "") text.push({ type: "break" }, ...block.children);
  }
  flush();
  return lines.join("\n");
}

function table(node: Table, where: Where): string {
  const columns = Math.max(0, ...node.children.map((row) => row.children.length));
  if (columns === 0) return "";
  const rows = node.children.map((row, r) => {
    const cells = Array.from({ length: columns }, (_, c) => cell(row.children[c]?.children ?? [], where));
    return r === 0 ? `||${cells.join("||")}||` : `|${cells.join("|")}|`;
  });
  return rows.join("\n");
}

function fields({ items }: Fields, where: Where): string {
  return items.map(({ name, value }) => `||${cell([{ type: "text", value: name }], where)}|${cell(value, where)}|`).join("\n");
}

function cell(children: readonly Inline[], where: Where): string {
  return writeInline(children, { ...where, oneLine: true, inCell: true }) || " ";
}

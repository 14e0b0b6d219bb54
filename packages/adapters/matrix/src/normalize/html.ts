import type { Block, Content, Inline, ListItem, TableRow } from "@devflow/gateway/contract";
import { isHidden, readHtml, textOf, type Element, type Node } from "./dom.ts";

const containers: ReadonlySet<string> = new Set([
  "p",
  "div",
  "details",
  "summary",
  "center",
  "body",
  "html",
  "section",
  "caption",
]);
const blockTags: ReadonlySet<string> = new Set([
  ...containers,
  ..."h1 h2 h3 h4 h5 h6 blockquote ul ol li pre table hr".split(" "),
]);

/** The HTML of a message as a tree. Tags that are unknown lose their meaning and never their text. */
export function contentOf(html: string): Content {
  return blocks(readHtml(html));
}

function blocks(nodes: readonly Node[]): Block[] {
  const found: Block[] = [];
  let line: Node[] = [];
  const flush = (): void => {
    const children = trimmed(inlines(line));
    if (children.length > 0) found.push({ type: "paragraph", children });
    line = [];
  };
  for (const node of nodes) {
    if (typeof node === "string" || !isBlock(node)) line.push(node);
    else {
      flush();
      found.push(...block(node));
    }
  }
  flush();
  return found;
}

/** Inline elements around blocks are seen through: the blocks matter more than a style. */
function isBlock(node: Element): boolean {
  return blockTags.has(node.tag);
}

function block(node: Element): Block[] {
  switch (node.tag) {
    case "h1":
    case "h2":
    case "h3":
    case "h4":
    case "h5":
    case "h6":
      return [
        { type: "heading", depth: Number(node.tag[1]) as 1 | 2 | 3 | 4 | 5 | 6, children: trimmed(inlines(node.children)) },
      ];
    case "blockquote":
      return [{ type: "blockquote", children: blocks(node.children) }];
    case "ul":
    case "ol":
      return [list(node)];
    case "li":
      return [{ type: "list", ordered: false, children: [{ type: "listItem", children: blocks(node.children) }] }];
    case "pre":
      return [code(node)];
    case "table":
      return table(node);
    case "hr":
      return [{ type: "thematicBreak" }];
    default:
      return blocks(node.children);
  }
}

function list(node: Element): Block {
  const ordered = node.tag === "ol";
  const start = Number.parseInt(node.attributes.start ?? "1", 10);
  const items = node.children.flatMap((child): ListItem[] => {
    if (typeof child === "string") return child.trim() === "" ? [] : [{ type: "listItem", children: blocks([child]) }];
    return [{ type: "listItem", children: child.tag === "li" ? blocks(child.children) : blocks([child]) }];
  });
  return { type: "list", ordered, ...(ordered ? { start: Number.isSafeInteger(start) ? start : 1 } : {}), children: items };
}

function code(node: Element): Block {
  const inner = node.children.find((child): child is Element => typeof child !== "string" && child.tag === "code");
  const lang = /(?:^|\s)language-(\S+)/.exec(inner?.attributes.class ?? "")?.[1];
  return { type: "code", lang: lang ?? null, value: textOf(node.children).replace(/\n$/, "") };
}

function table(node: Element): Block[] {
  const rows = rowsIn(node).map((row): TableRow => {
    const cells = row.children.filter((child): child is Element => typeof child !== "string" && /^t[dh]$/.test(child.tag));
    return {
      type: "tableRow",
      children: cells.map((cell) => ({ type: "tableCell", children: trimmed(inlines(cell.children)) })),
    };
  });
  return rows.length === 0 ? blocks(node.children) : [{ type: "table", children: rows }];
}

function rowsIn(node: Element): Element[] {
  return node.children.flatMap((child) => {
    if (typeof child === "string") return [];
    return child.tag === "tr" ? [child] : /^t(?:head|body|foot)$/.test(child.tag) ? rowsIn(child) : [];
  });
}

function inlines(nodes: readonly Node[]): Inline[] {
  const found: Inline[] = [];
  let words: string[] = [];
  const flush = (): void => {
    if (words.length > 0) found.push({ type: "text", value: words.join("").replace(/ {2,}/g, " ") });
    words = [];
  };
  for (const node of nodes) {
    const added = typeof node === "string" ? text(node) : isHidden(node) ? [] : inline(node);
    for (const one of added) {
      if (one.type === "text") words.push(one.value);
      else {
        flush();
        found.push(one);
      }
    }
  }
  flush();
  return found;
}

function text(value: string): Inline[] {
  const shown = value.replace(/[ \t\r\n]+/g, " ");
  return shown === "" ? [] : [{ type: "text", value: shown }];
}

function inline(node: Element): Inline[] {
  const children = (): Inline[] => inlines(node.children);
  const { attributes } = node;
  switch (node.tag) {
    case "strong":
    case "b":
      return [{ type: "strong", children: children() }];
    case "em":
    case "i":
      return [{ type: "emphasis", children: children() }];
    case "del":
    case "s":
    case "strike":
      return [{ type: "delete", children: children() }];
    case "code":
    case "tt":
      return [{ type: "inlineCode", value: textOf(node.children) }];
    case "br":
      return [{ type: "break" }];
    case "span":
      return "data-mx-spoiler" in attributes ? [{ type: "spoiler", children: children() }] : children();
    case "img": {
      const alt = attributes.alt ?? attributes.title ?? "";
      if ("data-mx-emoticon" in attributes) return [{ type: "emoji", name: alt.replace(/^:|:$/g, "") }];
      return attributes.src?.startsWith("mxc://") ? [{ type: "image", url: attributes.src, alt }] : text(alt);
    }
    case "a":
      return link(attributes.href, children());
    default:
      return children();
  }
}

function link(href: string | undefined, children: Inline[]): Inline[] {
  if (href === undefined || href === "") return children;
  const id = pillOf(href);
  if (id === undefined) return [{ type: "link", url: href, children }];
  const name = children
    .map((child) => (child.type === "text" ? child.value : ""))
    .join("")
    .replace(/^@/, "");
  return [{ type: "mention", target: id.startsWith("@") ? "user" : "channel", id, ...(name === "" ? {} : { name }) }];
}

const permalink = /^https:\/\/matrix\.to\/#\/([^/?]+)(?:\?[^/]*)?$/;
const uri = /^matrix:(u|r|roomid)\/([^/?]+)(?:\?[^/]*)?$/;
const sigils: Readonly<Record<string, string>> = { u: "@", r: "#", roomid: "!" };

/** The user or room that a link names; a link to a message is a link. */
function pillOf(href: string): string | undefined {
  const [, kind = "", rest = ""] = uri.exec(href) ?? [];
  const raw = kind === "" ? permalink.exec(href)?.[1] : `${sigils[kind]}${rest}`;
  if (raw === undefined) return undefined;
  try {
    const id = decodeURIComponent(raw);
    return /^[@#!][^\s]{1,254}$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** White space at the edges of a line is not shown. */
function trimmed(nodes: readonly Inline[]): Inline[] {
  const shown = [...nodes];
  while (shown.length > 0) {
    const first = shown[0];
    if (first?.type === "break") shown.shift();
    else if (first?.type === "text" && first.value.startsWith(" ")) {
      const value = first.value.trimStart();
      if (value === "") shown.shift();
      else shown[0] = { type: "text", value };
    } else break;
  }
  while (shown.length > 0) {
    const last = shown.at(-1);
    if (last?.type === "break") shown.pop();
    else if (last?.type === "text" && last.value.endsWith(" ")) {
      const value = last.value.trimEnd();
      if (value === "") shown.pop();
      else shown[shown.length - 1] = { type: "text", value };
    } else break;
  }
  return shown;
}

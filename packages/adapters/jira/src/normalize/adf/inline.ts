import type { Inline } from "@devflow/gateway/contract";
import { cleanText, extra, isObject, safeUrl } from "@devflow/gateway/kit";
import { attached } from "../attached.ts";
import { attr, contentOf, depthLimit, typeOf, type Reading } from "./node.ts";

/** The nodes of a line. What is no inline node is what is in it. */
export function inlinesOf(nodes: readonly unknown[], reading: Reading): Inline[] {
  return nested(nodes.flatMap((node) => inlineOf(node, reading)));
}

function inlineOf(node: unknown, reading: Reading): Stretch[] {
  const text = (value: unknown): Stretch[] => {
    const said = typeof value === "string" ? cleanText(value) : "";
    return said === "" ? [] : [marked(said, node)];
  };
  const plain = (inlines: readonly Inline[]): Stretch[] => inlines.map((one) => ({ wraps: [], node: one }));
  switch (typeOf(node)) {
    case "text":
      return text(isObject(node) ? node["text"] : "");
    case "hardBreak":
      return plain([{ type: "text", value: "\n" }]);
    case "mention":
      return plain(mention(node));
    case "emoji": {
      const name = cleanText(String(attr(node, "shortName") ?? "")).replace(/^:|:$/g, "");
      const value = cleanText(String(attr(node, "text") ?? ""));
      const custom = value === "" || value === `:${name}:`;
      return name === "" ? text(value) : plain([{ type: "emoji", name, ...(custom ? {} : { value }) }]);
    }
    case "date": {
      const at = new Date(Number(attr(node, "timestamp") ?? Number.NaN));
      return Number.isNaN(at.getTime()) ? text(String(attr(node, "timestamp") ?? "")) : text(at.toISOString().slice(0, 10));
    }
    case "status": {
      const value = cleanText(String(attr(node, "text") ?? ""));
      return value === "" ? [] : plain([{ type: "inlineCode", value }]);
    }
    case "inlineCard":
      return plain(card(String(attr(node, "url") ?? cardUrl(node))));
    case "media":
    case "mediaInline":
      return plain([mediaInline(node, reading)]);
    case "placeholder":
    case "inlineExtension":
    case "extension":
      return text(attr(node, "text"));
    default: {
      const nodes = contentOf(node);
      if (nodes.length === 0) return text(isObject(node) ? (node["text"] ?? attr(node, "text")) : "");
      if (reading.depth > depthLimit) return text(textOf(node));
      return nodes.flatMap((one) => inlineOf(one, { ...reading, depth: reading.depth + 1 }));
    }
  }
}

function mention(node: unknown): Inline[] {
  const id = String(attr(node, "id") ?? "");
  const name = cleanText(String(attr(node, "text") ?? "")).replace(/^@/, "");
  if (id === "") return name === "" ? [] : [{ type: "text", value: `@${name}` }];
  if (id === "all" || id === "here") return [{ type: "mention", target: "room", id: "", name: name || id }];
  return [{ type: "mention", target: "user", id, ...(name === "" ? {} : { name }) }];
}

const issueKey = /\/browse\/([A-Z][A-Z0-9_]+-[1-9]\d*)\/?$/;

/** A smart link: to an issue it shows the issue's key. */
function card(url: string): Inline[] {
  const said = cleanText(url);
  if (safeUrl(said, ["https", "http"]) === undefined) return said === "" ? [] : [{ type: "text", value: said }];
  return [{ type: "link", url: said, children: [{ type: "text", value: issueKey.exec(said)?.[1] ?? said }] }];
}

function cardUrl(node: unknown): string {
  const data = isObject(node) && isObject(node["attrs"]) ? node["attrs"]["data"] : undefined;
  return isObject(data) && typeof data["url"] === "string" ? data["url"] : "";
}

/** Media as an image or a link; a file that is none of the issue's attachments is said to be one. */
export function mediaInline(node: unknown, { context }: Reading): Inline {
  const url = safeUrl(String(attr(node, "url") ?? ""), ["https", "http"]);
  const alt = cleanText(String(attr(node, "alt") ?? ""));
  return url === undefined ? attached(alt, context) : { type: "image", url, ...(alt === "" ? {} : { alt }) };
}

/** A mark on its way into the tree: equal ones have the same key. */
interface Wrap {
  readonly key: string;
  readonly make: (children: readonly Inline[]) => Inline;
}

interface Stretch {
  readonly wraps: readonly Wrap[];
  readonly node: Inline;
}

const wrappers: Readonly<Record<string, Wrap["make"]>> = {
  strong: (children) => ({ type: "strong", children }),
  em: (children) => ({ type: "emphasis", children }),
  strike: (children) => ({ type: "delete", children }),
  underline: (children) => extra("underline", children),
};

/** A text with its marks, the link first. Colours and comments are dropped. */
function marked(value: string, node: unknown): Stretch {
  const marks = isObject(node) && Array.isArray(node["marks"]) ? (node["marks"] as readonly unknown[]) : [];
  const find = (type: string): unknown => marks.find((mark) => typeOf(mark) === type);
  const wraps: Wrap[] = [];
  const link = find("link");
  const url = cleanText(String(attr(link, "href") ?? ""))
    .trim()
    .replace(/\s/g, encodeURIComponent);
  const title = cleanText(String(attr(link, "title") ?? ""));
  if (url !== "") {
    const make: Wrap["make"] = (children) => ({ type: "link", url, ...(title === "" ? {} : { title }), children });
    wraps.push({ key: `link ${url} ${title}`, make });
  }
  for (const [key, make] of Object.entries(wrappers)) if (find(key) !== undefined) wraps.push({ key, make });
  const low = find("subsup");
  const side = attr(low, "type") === "sub" ? "subscript" : "superscript";
  if (low !== undefined) wraps.push({ key: side, make: (children) => extra(side, children) });
  return { wraps, node: { type: find("code") === undefined ? "text" : "inlineCode", value } };
}

/** Stretches as a tree, in which the mark that goes furthest is the outermost. Neighbouring text is one. */
function nested(line: readonly Stretch[]): Inline[] {
  const out: Inline[] = [];
  for (let at = 0; at < line.length;) {
    const { wraps, node } = line[at] as Stretch;
    const [found] = wraps.map((wrap) => ({ wrap, end: extent(line, at, wrap.key) })).toSorted((a, b) => b.end - a.end);
    const last = out.at(-1);
    if (found !== undefined) {
      const within = line.slice(at, found.end);
      out.push(found.wrap.make(nested(within.map((one) => without(one, found.wrap.key)))));
    } else if (node.type === "text" && last?.type === "text") {
      out[out.length - 1] = { type: "text", value: last.value + node.value };
    } else out.push(node);
    at = found?.end ?? at + 1;
  }
  return out;
}

function extent(line: readonly Stretch[], from: number, key: string): number {
  let end = from;
  while (line[end]?.wraps.some((wrap) => wrap.key === key)) end++;
  return end;
}

function without(stretch: Stretch, key: string): Stretch {
  return { ...stretch, wraps: stretch.wraps.filter((wrap) => wrap.key !== key) };
}

/** All text in a node, however deep. */
export function textOf(node: unknown): string {
  const said: string[] = [];
  const left: unknown[] = [node];
  while (left.length > 0) {
    const one = left.pop();
    if (isObject(one) && typeof one["text"] === "string") said.push(one["text"]);
    else if (typeOf(one) === "hardBreak") said.push("\n");
    else if (contentOf(one).length === 0) said.push(String(attr(one, "text") ?? ""));
    left.push(...contentOf(one).toReversed());
  }
  return cleanText(said.join(""));
}

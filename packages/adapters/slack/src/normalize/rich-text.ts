import type { Block, Inline, List, ListItem } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import type { Names } from "./mrkdwn.ts";
import { emojiOf, number, record, records, text } from "../wire/index.ts";

/** Reads a `rich_text` block, the lossless form of what a person typed. */
export function readRichText(block: JsonObject, names?: Names): readonly Block[] {
  const blocks: Block[] = [];
  const open: OpenList[] = [];
  for (const element of records(block["elements"])) {
    if (element["type"] === "rich_text_list") {
      addList(element, open, blocks, names);
      continue;
    }
    open.length = 0;
    const inline = inlineOf(element, names);
    if (element["type"] === "rich_text_preformatted") blocks.push({ type: "code", value: verbatim(element).replace(/\n$/, "") });
    else if (inline.length === 0) continue;
    else if (element["type"] === "rich_text_quote")
      blocks.push({ type: "blockquote", children: [{ type: "paragraph", children: inline }] });
    else blocks.push({ type: "paragraph", children: inline });
  }
  return blocks;
}

/** A list under construction, with how deep Slack says it lies. */
interface OpenList {
  readonly indent: number;
  readonly items: ListItem[];
}

/** Slack writes a nested list as a sequence of flat ones with an indent. */
function addList(element: JsonObject, open: OpenList[], blocks: Block[], names: Names | undefined): void {
  const indent = number(element["indent"]) ?? 0;
  const items: ListItem[] = records(element["elements"]).map((item) => ({
    type: "listItem",
    children: [{ type: "paragraph", children: inlineOf(item, names) }],
  }));
  while ((open.at(-1)?.indent ?? -1) > indent) open.pop();
  const same = open.at(-1);
  if (same?.indent === indent) {
    same.items.push(...items);
    return;
  }
  const ordered = element["style"] === "ordered";
  const list: List = { type: "list", ordered, ...(ordered && { start: (number(element["offset"]) ?? 0) + 1 }), children: items };
  const parent = same?.items.at(-1);
  if (parent === undefined) blocks.push(list);
  else same?.items.splice(-1, 1, { ...parent, children: [...parent.children, list] });
  open.push({ indent, items });
}

/** Elements of a section, with the line feed at its end left out. */
function inlineOf(section: JsonObject, names: Names | undefined): Inline[] {
  const nodes = records(section["elements"]).flatMap((element) => readElement(element, names));
  const last = nodes.at(-1);
  if (last?.type === "text") {
    const value = last.value.replace(/\n+$/, "");
    nodes.splice(-1, 1, ...(value === "" ? [] : [{ type: "text" as const, value }]));
  }
  return nodes;
}

function verbatim(element: JsonObject): string {
  return records(element["elements"])
    .map((part) => text(part["text"]) ?? text(part["url"]) ?? "")
    .join("");
}

function readElement(element: JsonObject, names: Names | undefined): Inline[] {
  const plain = readPlain(element, names);
  if (plain === undefined) return [];
  const style = record(element["style"]);
  let node: Inline = style["code"] === true && plain.type === "text" ? { type: "inlineCode", value: plain.value } : plain;
  if (style["strike"] === true) node = { type: "delete", children: [node] };
  if (style["italic"] === true) node = { type: "emphasis", children: [node] };
  if (style["bold"] === true) node = { type: "strong", children: [node] };
  return [node];
}

function readPlain(element: JsonObject, names: Names | undefined): Inline | undefined {
  const { type, user_id: user, usergroup_id: group, channel_id: channel, range, name, url } = element;
  if (type === "link") {
    const target = text(url) ?? "";
    return { type: "link", url: target, children: [{ type: "text", value: text(element["text"]) ?? target }] };
  }
  if (type === "user") return { type: "mention", target: "user", id: text(user) ?? "", ...names?.(text(user) ?? "") };
  if (type === "usergroup") return { type: "mention", target: "group", id: text(group) ?? "" };
  if (type === "channel") return { type: "mention", target: "channel", id: text(channel) ?? "" };
  if (type === "broadcast")
    return { type: "mention", target: "room", id: text(range) ?? "here", name: `@${text(range) ?? "here"}` };
  if (type === "emoji") return readEmoji(text(name) ?? "", text(element["unicode"]));
  const value = text(element["text"]) ?? text(element["fallback"]) ?? text(element["value"]);
  return value === undefined ? undefined : { type: "text", value };
}

function readEmoji(name: string, unicode: string | undefined): Inline {
  const known = emojiOf(name);
  if (known !== undefined && !unicode?.includes("-1f3f")) return { type: "emoji", name, value: known };
  const codes = unicode?.split("-").map((code) => Number.parseInt(code, 16)) ?? [];
  const valid = codes.length > 0 && codes.every((code) => code > 0 && code <= 0x10ffff);
  return { type: "emoji", name, ...(valid && { value: String.fromCodePoint(...codes) }) };
}

import type { Attachment, Block, Content, Inline, ListItem, TableRow } from "@devflow/gateway/contract";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { id, number, object, objects, string } from "../wire/index.ts";
import { fileOf, locationOf, photoOf, unsupported } from "./attachment.ts";
import type { Self } from "./people.ts";

/** Telegram nests 16 deep; what is deeper is cut off, so that no payload can exhaust the stack. */
const depthLimit = 40;

/** A rich message: a tree of Telegram's own instead of a text with entities. */
export interface Rich {
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  readonly mentionsSelf: boolean;
}

/** Reads a `RichMessage`. Its blocks are nearly ours; media in them become attachments. */
export function readRich(message: JsonObject, self: Self): Rich {
  const reader: Reader = { self, attachments: [], mentioned: false };
  const content = blocks(reader, message.blocks, 0);
  return { content, attachments: reader.attachments, mentionsSelf: reader.mentioned };
}

interface Reader {
  readonly self: Self;
  readonly attachments: Attachment[];
  mentioned: boolean;
}

function blocks(reader: Reader, list: unknown, depth: number): readonly Block[] {
  return depth > depthLimit ? [] : objects(list).flatMap((block) => blockOf(reader, block, depth));
}

function blockOf(reader: Reader, block: JsonObject, depth: number): readonly Block[] {
  const deeper = depth + 1;
  switch (block.type) {
    case "paragraph":
    case "footer":
    case "thinking":
      return paragraph(inlines(reader, block.text, deeper));
    case "heading":
      return [{ type: "heading", depth: headingDepth(block.size), children: inlines(reader, block.text, deeper) }];
    case "pre":
      return [{ type: "code", lang: string(block.language) ?? null, value: flat(inlines(reader, block.text, deeper)) }];
    case "mathematical_expression":
      return [{ type: "code", lang: "math", value: string(block.expression) ?? "" }];
    case "divider":
      return [{ type: "thematicBreak" }];
    case "anchor":
      return [];
    case "list":
      return [listOf(reader, objects(block.items), deeper)];
    case "blockquote":
      return [
        { type: "blockquote", children: [...blocks(reader, block.blocks, deeper), ...captionOf(reader, block.credit, deeper)] },
      ];
    case "pullquote":
      return [
        {
          type: "blockquote",
          children: [...paragraph(inlines(reader, block.text, deeper)), ...captionOf(reader, block.credit, deeper)],
        },
      ];
    case "table":
      return [...tableOf(reader, block.cells, deeper), ...captionOf(reader, block.caption, deeper)];
    case "details":
      return [
        ...paragraph([{ type: "strong", children: inlines(reader, block.summary, deeper) }]),
        ...blocks(reader, block.blocks, deeper),
      ];
    case "collage":
    case "slideshow":
      return [...blocks(reader, block.blocks, deeper), ...captionOf(reader, object(block.caption).text, deeper)];
    default:
      reader.attachments.push(...mediaOf(reader, block));
      return captionOf(reader, object(block.caption).text, deeper);
  }
}

function mediaOf({ self }: Reader, block: JsonObject): readonly Attachment[] {
  switch (block.type) {
    case "photo":
      return photoOf(block.photo, self.id);
    case "video":
      return [fileOf(object(block.video), "video", "video", self.id)];
    case "animation":
      return [fileOf(object(block.animation), "animation", "video", self.id)];
    case "audio":
      return [fileOf(object(block.audio), "audio", "audio", self.id)];
    case "voice_note":
      return [fileOf(object(block.voice_note), "voice", "voice", self.id)];
    case "map":
      return [locationOf(object(block.location))];
    default:
      return [unsupported(string(block.type) ?? "block")];
  }
}

function listOf(reader: Reader, items: readonly JsonObject[], depth: number): Block {
  const first = items[0] ?? {};
  const ordered = number(first.value) !== undefined || /^\w+[.)]$/.test(string(first.label) ?? "");
  const start = ordered ? { start: number(first.value) ?? 1 } : {};
  const children = items.map((item): ListItem => {
    const checked = item.has_checkbox === true ? { checked: item.is_checked === true } : {};
    return { type: "listItem", ...checked, children: blocks(reader, item.blocks, depth) };
  });
  return { type: "list", ordered, ...start, children };
}

function tableOf(reader: Reader, cells: unknown, depth: number): readonly Block[] {
  const rows = (Array.isArray(cells) ? cells : []).map((row: unknown): TableRow => {
    const children = objects(row).map(({ text }) => ({ type: "tableCell" as const, children: inlines(reader, text, depth) }));
    return { type: "tableRow", children };
  });
  return rows.length > 0 ? [{ type: "table", children: rows }] : [];
}

function captionOf(reader: Reader, text: unknown, depth: number): readonly Block[] {
  return text === undefined ? [] : paragraph(inlines(reader, text, depth));
}

function paragraph(children: readonly Inline[]): readonly Block[] {
  return children.length > 0 ? [{ type: "paragraph", children }] : [];
}

/** `RichText` is a string, a list of them, or an object with a `type` and mostly a `text` inside. */
function inlines(reader: Reader, text: unknown, depth: number): readonly Inline[] {
  if (depth > depthLimit) return [];
  if (typeof text === "string") return text === "" ? [] : [{ type: "text", value: text }];
  if (Array.isArray(text)) return text.flatMap((part: unknown) => inlines(reader, part, depth + 1));
  return isObject(text) ? inline(reader, text, inlines(reader, text.text, depth + 1)) : [];
}

function inline(reader: Reader, node: JsonObject, children: readonly Inline[]): readonly Inline[] {
  switch (node.type) {
    case "bold":
      return [{ type: "strong", children }];
    case "italic":
      return [{ type: "emphasis", children }];
    case "strikethrough":
      return [{ type: "delete", children }];
    case "spoiler":
      return [{ type: "spoiler", children }];
    case "code":
      return [{ type: "inlineCode", value: flat(children) }];
    case "mathematical_expression":
      return [{ type: "inlineCode", value: string(node.expression) ?? "" }];
    case "url":
      return typeof node.url === "string" ? [{ type: "link", url: node.url, children }] : children;
    case "email_address":
      return typeof node.email_address === "string"
        ? [{ type: "link", url: `mailto:${node.email_address}`, children }]
        : children;
    case "custom_emoji":
      return [emoji(node)];
    case "mention":
    case "text_mention":
      return mention(reader, node, children);
    default:
      return children;
  }
}

function emoji(node: JsonObject): Inline {
  const value = string(node.alternative_text) ?? "";
  return { type: "emoji", name: id(node.custom_emoji_id) ?? value, value };
}

function mention(reader: Reader, node: JsonObject, children: readonly Inline[]): readonly Inline[] {
  const { self } = reader;
  const named = string(node.username)?.replace(/^@/, "").toLowerCase();
  const user = id(object(node.user).id) ?? (named !== undefined && named === self.handle?.toLowerCase() ? self.id : undefined);
  if (user === undefined) return children;
  if (user === self.id) reader.mentioned = true;
  return [{ type: "mention", target: "user", id: user, name: flat(children).replace(/^@/, "") }];
}

function flat(nodes: readonly Inline[]): string {
  return nodes.map((node) => ("value" in node ? (node.value ?? "") : "children" in node ? flat(node.children) : "")).join("");
}

function headingDepth(size: unknown): 1 | 2 | 3 | 4 | 5 | 6 {
  const depth = Math.min(6, Math.max(1, Math.trunc(number(size) ?? 1)));
  return depth as 1 | 2 | 3 | 4 | 5 | 6;
}

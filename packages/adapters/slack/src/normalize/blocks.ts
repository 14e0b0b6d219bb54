import type { Action, Block, Content, Inline, SelectOption } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { nameOfAction, record, records, text } from "../wire/index.ts";
import { parseInline, parseMrkdwn, type Names } from "./mrkdwn.ts";
import { readRichText } from "./rich-text.ts";

/** What a message says: its blocks where it has them, else its text, and the attachments of the older kind. */
export function readContent(message: JsonObject, names?: Names): Content {
  const blocks = records(message["blocks"]).flatMap((block) => readBlock(block, names));
  const body = blocks.length > 0 ? blocks : parseMrkdwn(text(message["text"]) ?? "", names);
  const cards = records(message["attachments"]).filter((card) => text(card["from_url"]) === undefined);
  return cards.length === 0 ? body : [...body, ...cards.flatMap(readCard)];
}

function readBlock(block: JsonObject, names?: Names): readonly Block[] {
  switch (block["type"]) {
    case "rich_text":
      return readRichText(block, names);
    case "section":
      return [...readText(block["text"]), ...readFields(records(block["fields"])), ...readActions([record(block["accessory"])])];
    case "header":
      return [{ type: "heading", depth: 1, children: readInline(block["text"]) }];
    case "markdown":
      return readText(block);
    case "context":
      return records(block["elements"]).flatMap((element) =>
        element["type"] === "image" ? readImage(element) : readText(element),
      );
    case "image":
    case "video":
      return readImage(block);
    case "divider":
      return [{ type: "thematicBreak" }];
    case "actions":
      return readActions(records(block["elements"]));
    default:
      return [];
  }
}

/** A text object: plain, or in Slack's markup. */
function readText(value: unknown): readonly Block[] {
  const object = record(value);
  const content = text(object["text"]);
  if (content === undefined) return [];
  return object["type"] === "plain_text"
    ? [{ type: "paragraph", children: [{ type: "text", value: content }] }]
    : parseMrkdwn(content);
}

function readInline(value: unknown): readonly Inline[] {
  const object = record(value);
  const content = text(object["text"]);
  if (content === undefined) return [];
  return object["type"] === "plain_text" ? [{ type: "text", value: content }] : parseInline(content);
}

/** Fields of a section have no names of their own; the first line serves, as in messages of ours. */
function readFields(fields: readonly JsonObject[]): readonly Block[] {
  if (fields.length === 0) return [];
  const items = fields.map((field) => {
    const [name = "", ...rest] = (text(field["text"]) ?? "").split("\n");
    return { name: name.replaceAll("*", ""), value: parseInline(rest.join("\n")) };
  });
  return [{ type: "fields", items }];
}

function readImage(block: JsonObject): readonly Block[] {
  const url = text(block["image_url"]) ?? text(block["title_url"]) ?? text(block["video_url"]);
  const alt = text(block["alt_text"]) ?? text(record(block["title"])["text"]);
  if (url === undefined) return alt === undefined ? [] : [{ type: "paragraph", children: [{ type: "text", value: alt }] }];
  return [{ type: "paragraph", children: [{ type: "image", url, ...(alt === undefined ? {} : { alt }) }] }];
}

function readActions(elements: readonly JsonObject[]): readonly Block[] {
  const items = elements.flatMap(readAction);
  return items.length === 0 ? [] : [{ type: "actions", items }];
}

function readAction(element: JsonObject): Action[] {
  const id = nameOfAction(text(element["action_id"]) ?? "");
  const label = text(record(element["text"])["text"]) ?? text(record(element["placeholder"])["text"]) ?? id;
  const url = text(element["url"]);
  const value = text(element["value"]);
  if (element["type"] === "button") {
    return [
      url === undefined ? { kind: "button", id, label, ...(value === undefined ? {} : { value }) } : { kind: "link", label, url },
    ];
  }
  const options = records(element["options"]).map(readOption);
  return options.length === 0 ? [] : [{ kind: "select", id, label, options }];
}

function readOption(option: JsonObject): SelectOption {
  return { label: text(record(option["text"])["text"]) ?? "", value: text(option["value"]) ?? "" };
}

/** An attachment of the older kind, as monitoring and build systems still send them. */
function readCard(card: JsonObject): readonly Block[] {
  const inner = records(card["blocks"]).flatMap((block) => readBlock(block));
  if (inner.length > 0) return inner;
  const title = text(card["title"]);
  const link = text(card["title_link"]);
  const heading: Inline[] = title === undefined ? [] : parseInline(title);
  const parts: Block[] = [
    ...parseMrkdwn(text(card["pretext"]) ?? ""),
    ...(heading.length === 0
      ? []
      : [
          {
            type: "paragraph" as const,
            children: link === undefined ? heading : [{ type: "link" as const, url: link, children: heading }],
          },
        ]),
    ...parseMrkdwn(text(card["text"]) ?? ""),
  ];
  const fields = records(card["fields"]).map((field) => ({
    name: text(field["title"]) ?? "",
    value: parseInline(text(field["value"]) ?? ""),
  }));
  if (fields.length > 0) parts.push({ type: "fields", items: fields });
  return parts.length > 0 ? parts : parseMrkdwn(text(card["fallback"]) ?? "");
}

import type { Action, Block, Content, Fields, Select, SelectOption } from "@devflow/gateway/contract";
import { splitContent } from "@devflow/gateway/kit";
import { actionId, linkPrefix } from "../wire/index.ts";
import { renderMrkdwn, type MrkdwnOptions } from "./mrkdwn.ts";

/** A block of Block Kit. */
export type KitBlock = Readonly<Record<string, unknown>>;

const blockLimit = 50;
const sectionLimit = 3_000;
const fieldLimit = 2_000;
const fieldsPerSection = 10;
const optionsPerSelect = 100;
const textLimit = 75;

/** True for content that has more to it than text. */
export function needsBlocks(content: Content): boolean {
  return content.some((block) => block.type === "fields" || block.type === "actions");
}

/** The content as blocks: text in sections, fields in columns where Slack has room for them, else as lines, actions in rows. */
export function toBlocks(content: Content, options: MrkdwnOptions): readonly KitBlock[] {
  const blocks = laidOut(content, options, true);
  return blocks.length > blockLimit ? laidOut(content, options, false) : blocks;
}

function laidOut(content: Content, options: MrkdwnOptions, columns: boolean): readonly KitBlock[] {
  const blocks: KitBlock[] = [];
  const seen = new Map<string, number>();
  let text: Block[] = [];
  const flush = (): void => {
    if (text.length > 0) blocks.push(...toSections(text, options));
    text = [];
  };
  for (const block of content) {
    if (block.type === "actions") {
      flush();
      blocks.push(...toActions(block.items, seen));
    } else if (columns && block.type === "fields" && fits(block, options)) {
      flush();
      blocks.push(...toFields(block, options));
    } else text.push(block);
  }
  flush();
  return blocks;
}

function toSections(content: Content, options: MrkdwnOptions): readonly KitBlock[] {
  return splitContent(content, sectionLimit, (part) => renderMrkdwn(part, options).length)
    .map((part) => renderMrkdwn(part, options))
    .filter((text) => text.trim() !== "")
    .map((text) => ({ type: "section", text: mrkdwn(text) }));
}

function toFields({ items }: Fields, options: MrkdwnOptions): readonly KitBlock[] {
  const texts = items.map((item) => mrkdwn(fieldText(item, options)));
  const sections: KitBlock[] = [];
  for (let from = 0; from < texts.length; from += fieldsPerSection) {
    sections.push({ type: "section", fields: texts.slice(from, from + fieldsPerSection) });
  }
  return sections;
}

/** Name above value, as Slack shows columns. */
function fieldText({ name, value }: Fields["items"][number], options: MrkdwnOptions): string {
  return [
    renderMrkdwn([{ type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: name }] }] }], options),
    renderMrkdwn([{ type: "paragraph", children: value }], options),
  ].join("\n");
}

function fits({ items }: Fields, options: MrkdwnOptions): boolean {
  return items.every((item) => fieldText(item, options).length <= fieldLimit);
}

/** Buttons and menus share a row; a menu of several choices may stand in a section only. */
function toActions(items: readonly Action[], seen: Map<string, number>): readonly KitBlock[] {
  const elements: KitBlock[] = [];
  const sections: KitBlock[] = [];
  for (const [index, item] of items.entries()) {
    if (item.kind === "link") {
      elements.push({ type: "button", action_id: `${linkPrefix}${index}`, text: plain(item.label), url: item.url });
      continue;
    }
    const count = seen.get(item.id) ?? 0;
    seen.set(item.id, count + 1);
    const id = actionId(item.id, count);
    if (item.kind === "button") {
      const { value, style } = item;
      elements.push({
        type: "button",
        action_id: id,
        text: plain(item.label),
        ...(value !== undefined && value !== "" && { value }),
        ...(style && { style }),
      });
    } else if (item.multiple === true) sections.push({ type: "section", text: plain(item.label), accessory: toSelect(item, id) });
    else elements.push(toSelect(item, id));
  }
  const rows: KitBlock[] = [];
  for (let from = 0; from < elements.length; from += 25)
    rows.push({ type: "actions", elements: elements.slice(from, from + 25) });
  return [...rows, ...sections];
}

/** A menu, in a message or in a form. */
export function toSelect(select: Pick<Select, "label" | "options" | "multiple" | "dynamic">, id: string): KitBlock {
  const kind = select.dynamic === true ? "external_select" : "static_select";
  return {
    type: select.multiple === true ? `multi_${kind}` : kind,
    action_id: id,
    placeholder: plain(select.label, 150),
    ...(select.dynamic === true ? { min_query_length: 0 } : { options: select.options.slice(0, optionsPerSelect).map(toOption) }),
  };
}

function toOption({ label, value, description }: SelectOption): KitBlock {
  return { text: plain(label), value, ...(description ? { description: plain(description) } : {}) };
}

/** Plain text of Block Kit; Slack refuses an empty one and one that is too long. */
export function plain(text: string, limit: number = textLimit): KitBlock {
  return { type: "plain_text", text: clip(text === "" ? "\u2013" : text, limit), emoji: true };
}

/** Slack looks for names and links in the text of blocks unless it is told not to. */
function mrkdwn(text: string): KitBlock {
  return { type: "mrkdwn", text, verbatim: true };
}

/** At most `limit` UTF-16 units, cut before a surrogate pair rather than within. */
function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

import type { Action, Actions, Block, Content } from "@devflow/gateway/contract";
import { writePress } from "../wire/index.ts";

/** One button of an inline keyboard. `callback_data` may be longer than Telegram takes: the sender shortens it. */
export interface KeyboardButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
  readonly style?: "primary" | "danger";
}

/** Content with its actions taken apart. */
export interface Pressable {
  /** The content without its actions. */
  readonly content: Content;
  /** What a keyboard cannot say: titles of selects, links that Telegram does not accept. Goes above the keyboard. */
  readonly extra: Content;
  readonly rows: readonly (readonly KeyboardButton[])[];
}

/** Buttons of a row, and characters of their labels, so that phones do not cut them. */
const rowLimit = 4;
const rowCharacters = 32;
/** Text for a button without a label, which Telegram refuses. */
const blank = "…";

/** Takes buttons, links and selects out of the content and lays them out. The options of a select become buttons. */
export function pressable(content: Content): Pressable {
  const actions = content.filter((block): block is Actions => block.type === "actions").flatMap((block) => block.items);
  if (actions.length === 0) return { content, extra: [], rows: [] };
  const rows: KeyboardButton[][] = [];
  const extra: Block[] = [];
  let single: KeyboardButton[] = [];
  for (const action of actions) {
    extra.push(...titles(action));
    if (action.kind === "select") {
      rows.push(...pack(single), ...pack(buttons(action)));
      single = [];
    } else single.push(...buttons(action));
  }
  rows.push(...pack(single));
  return { content: content.filter((block) => block.type !== "actions"), extra, rows };
}

function buttons(action: Action): KeyboardButton[] {
  switch (action.kind) {
    case "link":
      return accepted(action.url) ? [{ text: action.label || blank, url: action.url }] : [];
    case "button": {
      const { id, value, style } = action;
      const data = writePress(value === undefined ? { action: id } : { action: id, value });
      return [{ text: action.label || blank, callback_data: data, ...(style === undefined ? {} : { style }) }];
    }
    case "select":
      return action.options.map(({ label, value }) => ({
        text: label || blank,
        callback_data: writePress({ action: action.id, value }),
      }));
  }
}

function titles(action: Action): Block[] {
  if (action.kind === "link") return accepted(action.url) ? [] : [paragraph(`${action.label}: ${action.url}`)];
  if (action.kind !== "select") return [];
  const described = action.options.flatMap(({ label, description }) => (description ? [`${label}: ${description}`] : []));
  return [action.label, ...described].filter((text) => text !== "").map(paragraph);
}

function paragraph(value: string): Block {
  return { type: "paragraph", children: [{ type: "text", value }] };
}

/** Telegram refuses a whole message for one button whose host has no dot. */
function accepted(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol === "tg:") return true;
  return (protocol === "https:" || protocol === "http:") && /^[^.].*\.[^.]+$/.test(hostname) && url.length <= 2048;
}

function pack(list: readonly KeyboardButton[]): KeyboardButton[][] {
  const rows: KeyboardButton[][] = [];
  let room = 0;
  for (const button of list) {
    const row = rows.at(-1);
    if (row && row.length < rowLimit && button.text.length <= room) row.push(button);
    else {
      rows.push([button]);
      room = rowCharacters;
    }
    room -= button.text.length;
  }
  return rows;
}

import type { Action, Actions, Content, LinkButton, Paragraph } from "@devflow/gateway/contract";
import { cleanText, graphemeFloor, safeUrl, splitContent } from "@devflow/gateway/kit";
import { bodyLimit, textLimit } from "../capability.ts";
import { writePress, type WhatsAppCall } from "../wire/index.ts";
import { renderText } from "./text.ts";

/** Limits of interactive messages. Source: Cloud API, reply buttons, lists and call-to-action buttons. */
const titleLimit = 20;
const rowTitleLimit = 24;
const descriptionLimit = 72;
const rowLimit = 10;
/** For what must not be empty and is. */
const blank = "…";

/** Size of a content's text; what stands below it is not counted. */
export function measure(content: Content): number {
  return renderText(content).length;
}

/** Requests that say the content, in order; what people press is in the last of them. None when there is nothing to say. */
export function sayings(content: Content): readonly WhatsAppCall[] {
  const items = content.filter((block): block is Actions => block.type === "actions").flatMap((block) => block.items);
  const text = content.filter((block) => block.type !== "actions");
  const { parts, links } = arranged(items);
  const all = [...text, ...links.map(linkLine)];
  const [first, ...more] = parts;
  if (!first) return texts(all);
  const { above, body } = divided(all);
  return [...texts(above), ...[first, ...more].map((part, at) => interactive(part, at === 0 ? body : blank))];
}

function texts(content: Content): readonly WhatsAppCall[] {
  return splitContent(content, textLimit, measure)
    .map(renderText)
    .filter((body) => body !== "")
    .map((body) => ({ type: "text", text: { body, preview_url: false } }));
}

/** The text beside buttons is short: what does not fit goes before it, as a message of its own, up to its last block. */
function divided(content: Content): { readonly above: Content; readonly body: string } {
  if (measure(content) <= bodyLimit) return { above: [], body: renderText(content) || blank };
  const last = renderText(content.slice(-1));
  if (content.length > 1 && last !== "" && last.length <= bodyLimit) return { above: content.slice(0, -1), body: last };
  return { above: content, body: blank };
}

function interactive(part: Readonly<Record<string, unknown>>, body: string): WhatsAppCall {
  const { type, action } = part;
  return { type: "interactive", interactive: { type, body: { text: body }, action } };
}

/** One link stands as a button, several do not go together, nor with other buttons: those become lines of text. */
function arranged(items: readonly Action[]): {
  readonly parts: readonly { readonly type: string; readonly action: object }[];
  readonly links: readonly LinkButton[];
} {
  const links = items.filter((item) => item.kind === "link");
  const [only] = links;
  const url = items.length === 1 && only ? safeUrl(only.url, ["http", "https"]) : undefined;
  if (only && url !== undefined) {
    const parameters = { display_text: clip(only.label, titleLimit), url };
    return { parts: [{ type: "cta_url", action: { name: "cta_url", parameters } }], links: [] };
  }
  const buttons = items
    .filter((item) => item.kind === "button")
    .map(({ id, value, label }) => ({ id: writePress(value === undefined ? { action: id } : { action: id, value }), label }));
  const selects = items.filter((item) => item.kind === "select" && item.options.length > 0);
  const rows = selects.flatMap((item) =>
    item.kind === "select" ? item.options.map((one) => row(writePress({ action: item.id, value: one.value }), one)) : [],
  );
  const [menu] = selects;
  if (!menu) return { parts: buttons.length === 0 ? [] : [reply(buttons)], links };
  const together = rows.length + buttons.length <= rowLimit;
  const all = unique(together ? [...rows, ...buttons.map(({ id, label }) => row(id, { label }))] : rows);
  const list = { type: "list", action: { button: clip(menu.label, titleLimit), sections: [{ rows: all.slice(0, rowLimit) }] } };
  return { parts: together || buttons.length === 0 ? [list] : [list, reply(buttons)], links };
}

function reply(buttons: readonly { readonly id: string; readonly label: string }[]): {
  readonly type: string;
  readonly action: object;
} {
  const titled = unique(buttons.map(({ id, label }) => ({ id, title: clip(label, titleLimit) })));
  return { type: "button", action: { buttons: titled.map((one) => ({ type: "reply", reply: one })) } };
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

/** A title that is cut is told in full below itself. */
function row(id: string, { label, description = "" }: { readonly label: string; readonly description?: string }): Row {
  const title = clip(label, rowTitleLimit);
  const cut = title === tidy(label) || title === blank ? "" : tidy(label);
  const below = [cut, tidy(description)].filter((one) => one !== "").join(" – ");
  return below === "" ? { id, title } : { id, title, description: clip(below, descriptionLimit) };
}

/** Meta refuses a message in which two ids or two titles are the same. The same id twice is one thing. */
function unique<T extends Row>(rows: readonly T[]): readonly T[] {
  const titles = new Set<string>();
  const ids = new Set<string>();
  return rows.flatMap((one) => {
    if (ids.has(one.id)) return [];
    ids.add(one.id);
    let { title } = one;
    for (let n = 2; titles.has(title); n++) title = `${clip(one.title, titleLimit - 4)} ${n}`;
    titles.add(title);
    return [{ ...one, title }];
  });
}

function tidy(label: string): string {
  return cleanText(label).replace(/\s+/g, " ").trim();
}

function clip(label: string, limit: number): string {
  const text = tidy(label);
  if (!/[^\s\p{Cf}]/u.test(text)) return blank;
  return text.length <= limit ? text : `${text.slice(0, graphemeFloor(text, limit - 1)).trimEnd()}…`;
}

function linkLine({ label, url }: LinkButton): Paragraph {
  return { type: "paragraph", children: [{ type: "link", url, children: [{ type: "text", value: label }] }] };
}

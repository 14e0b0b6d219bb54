import type { Action, Actions, Block, Content, Fields, SelectOption } from "@devflow/gateway/contract";
import { cut, idLimit, writePress } from "../wire/index.ts";

/** A part of a message or a form, as Discord takes it. Ids and values may be too long: the sender shortens them. */
export type Component = Readonly<Record<string, unknown>>;

/** Types and styles of components. Source: Discord's component reference. */
const types = { row: 1, button: 2, select: 3, text: 10 } as const;
const styles = { primary: 1, secondary: 2, danger: 4, link: 5 } as const;
const perRow = 5;
const urlLimit = 512;
const placeholderLimit = 150;
/** Text for a button without a label, which Discord refuses. */
const blank = "…";

/** Content with its actions taken apart. */
export interface Pressable {
  /** The content without its actions, and with what no component can say. */
  readonly content: Content;
  readonly rows: readonly Component[];
}

/** Takes buttons, links and menus out of the content and lays them out: buttons first, then a row for each menu. */
export function pressable(content: Content): Pressable {
  const actions = content.filter((block): block is Actions => block.type === "actions").flatMap(({ items }) => items);
  if (actions.length === 0) return { content, rows: [] };
  const used = new Map<string, number>();
  const idOf = (action: string, value?: string): string => {
    const copy = used.get(`${action}~${value}`) ?? 0;
    used.set(`${action}~${value}`, copy + 1);
    return writePress(value === undefined ? { action } : { action, value }, copy);
  };
  const pressed = actions.flatMap((action) => button(action, idOf));
  const rows: Component[] = [];
  for (let at = 0; at < pressed.length; at += perRow) rows.push({ type: types.row, components: pressed.slice(at, at + perRow) });
  for (const action of actions) if (isMenu(action)) rows.push({ type: types.row, components: [menu(action, idOf)] });
  return { content: [...content.filter((block) => block.type !== "actions"), ...actions.flatMap(unsaid)], rows };
}

function button(action: Action, idOf: (action: string, value?: string) => string): readonly Component[] {
  switch (action.kind) {
    case "link":
      return accepted(action.url)
        ? [{ type: types.button, style: styles.link, label: clip(action.label, 80), url: action.url }]
        : [];
    case "button": {
      const style = styles[action.style ?? "secondary"];
      return [{ type: types.button, style, label: clip(action.label, 80), custom_id: idOf(action.id, action.value) }];
    }
    case "select":
      return [];
  }
}

type Menu = Extract<Action, { kind: "select" }>;

function isMenu(action: Action): action is Menu {
  return action.kind === "select" && action.options.length > 0;
}

function menu(action: Menu, idOf: (action: string) => string): Component {
  return {
    type: types.select,
    custom_id: idOf(action.id),
    ...(action.label === "" ? {} : { placeholder: clip(action.label, placeholderLimit) }),
    ...menuOptions(action.options, action.multiple === true),
  };
}

/** Options of a menu. Discord refuses one that stands there twice. */
export function menuOptions(options: readonly SelectOption[], multiple: boolean): Component {
  const once = options.filter(({ value }, at) => options.findIndex((other) => other.value === value) === at);
  return {
    options: once.map(({ label, value, description }) => ({
      label: clip(label, idLimit),
      value: value === "" ? blank : value,
      ...(description ? { description: clip(description, idLimit) } : {}),
    })),
    min_values: 1,
    max_values: multiple ? once.length : 1,
  };
}

/** What is left to say of an action that no component can hold. */
function unsaid(action: Action): readonly Block[] {
  if (action.kind !== "link" || accepted(action.url)) return [];
  return [{ type: "paragraph", children: [{ type: "text", value: `${action.label}: ${action.url}` }] }];
}

function accepted(url: string): boolean {
  return url.length <= urlLimit && URL.canParse(url) && ["http:", "https:", "discord:"].includes(new URL(url).protocol);
}

/** A label as Discord takes it: something, and no more than fits. */
export function clip(label: string, limit: number): string {
  const text = label.trim();
  if (text === "") return blank;
  return text.length <= limit ? text : `${cut(text, limit - 1).trimEnd()}…`;
}

/** Limits of an embed. Source: Discord's reference, "Embed Limits". */
const embedLimits = { fields: 25, name: 256, value: 1_024 } as const;

/**
 * Fields at the end of a message as a card of their own. Where they stand within the text, or are too many or too long, they
 * are lines of it instead, so that nothing is lost and nothing changes places.
 */
export function takeCard(
  content: Content,
  render: (value: Fields["items"][number]["value"]) => string,
): { readonly content: Content; readonly embeds: readonly Component[] } {
  const last = content.at(-1);
  if (last?.type !== "fields" || last.items.length === 0 || last.items.length > embedLimits.fields)
    return { content, embeds: [] };
  const fields = last.items.map(({ name, value }) => ({ name: name.trim(), value: render(value), inline: true }));
  const fits = fields.every(
    ({ name, value }) =>
      name !== "" && name.length <= embedLimits.name && value.trim() !== "" && value.length <= embedLimits.value,
  );
  return fits ? { content: content.slice(0, -1), embeds: [{ fields }] } : { content, embeds: [] };
}

/** A text within a message of components. */
export function textDisplay(content: string): Component {
  return { type: types.text, content };
}

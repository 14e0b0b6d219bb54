import type { Action, Block, Capabilities, Code, Content, Fields, Inline, List, Paragraph } from "../contract/index.ts";
import { foreign } from "./inline.ts";
import { tableText } from "./table.ts";

/** An action that became a line of text: whoever sends its number back has chosen it. */
export interface Choice {
  /** As printed before the label; counted from 1 within a message. */
  readonly number: number;
  readonly label: string;
  /** Id of the action it stands for. */
  readonly action: string;
  readonly value?: string;
}

/** What {@link degrade} needs of a table of capabilities. */
export type Reach = Pick<Capabilities, "nodes" | "actions">;

/**
 * Content in the blocks that a platform has. What its table does not call `native` takes another form and loses no word:
 * a table becomes preformatted text, fields become lines, and actions that do not fit become a numbered list, whose
 * numbers are the `choices`. Those that fit stand in one `actions` block at the very end. Inline marks and headings are
 * left to the formatter.
 */
export function degrade(
  content: Content,
  capabilities: Reach,
): { readonly content: Content; readonly choices: readonly Choice[] } {
  if (!content.some((block) => concerns(block, capabilities))) return { content, choices: [] };
  const found: Action[] = [];
  const rest = blocks(content, capabilities, found);
  if (found.length === 0) return { content: rest, choices: [] };
  const { kept, listed } = fit(found, capabilities);
  const { list, choices } = numbered(listed);
  const end: Block[] = [...list, ...(kept.length > 0 ? [{ type: "actions", items: kept } as const] : [])];
  return { content: [...rest, ...end], choices };
}

function concerns(block: Block, reach: Reach): boolean {
  if (block.type === "actions") return true;
  if (block.type === "table" || block.type === "fields") return reach.nodes[block.type] !== "native";
  if (block.type === "paragraph" || block.type === "heading") return false;
  return "children" in block && (block.children as readonly Block[]).some((child) => concerns(child, reach));
}

function blocks(content: Content, reach: Reach, found: Action[]): Block[] {
  return content.flatMap((block) => degraded(block, reach, found));
}

function degraded(block: Block, reach: Reach, found: Action[]): Block[] {
  switch (block.type) {
    case "table": {
      const code: Code = { type: "code", value: tableText(block) };
      return reach.nodes.table === "native" ? [block] : [code];
    }
    case "fields":
      return reach.nodes.fields === "native" ? [block] : fieldLines(block);
    case "actions":
      found.push(...block.items);
      return [];
    case "blockquote":
      return [{ ...block, children: blocks(block.children, reach, found) }];
    case "list":
      return [{ ...block, children: block.children.map((item) => ({ ...item, children: blocks(item.children, reach, found) })) }];
    case "paragraph":
    case "heading":
    case "code":
    case "thematicBreak":
      return [block];
    default: {
      const other = foreign(block);
      if ("value" in other || !other.children.some((child) => concerns(child as Block, reach))) return [block];
      return blocks(other.children as Block[], reach, found);
    }
  }
}

function fieldLines(fields: Fields): Paragraph[] {
  const lines = fields.items.flatMap((item, i): Inline[] => [
    ...(i === 0 ? [] : [{ type: "break" } as const]),
    { type: "strong", children: [{ type: "text", value: `${item.name}:` }] },
    { type: "text", value: " " },
    ...item.value,
  ]);
  return lines.length === 0 ? [] : [{ type: "paragraph", children: lines }];
}

/** Takes actions in their order for as long as they fit: one that does not makes way for those after it. */
function fit(actions: readonly Action[], reach: Reach): { kept: Action[]; listed: Action[] } {
  const limits = reach.actions;
  const kept: Action[] = [];
  const listed: Action[] = [];
  const left = { buttons: limits.buttons, selects: limits.selects };
  for (const action of actions) {
    const kind = action.kind === "select" ? "selects" : "buttons";
    const fits = left[kind] > 0 && (action.kind !== "select" || action.options.length <= limits.options);
    const named = action.label.length <= limits.labelLimit && reach.nodes.actions === "native";
    if (!fits || !named) listed.push(action);
    else {
      left[kind]--;
      kept.push(action);
    }
  }
  return { kept, listed };
}

function numbered(actions: readonly Action[]): { list: Block[]; choices: Choice[] } {
  const choices: Choice[] = [];
  const links: Paragraph[] = [];
  const out: Block[] = [];
  for (const action of actions) {
    if (action.kind === "link") {
      links.push({
        type: "paragraph",
        children: [{ type: "link", url: action.url, children: [{ type: "text", value: action.label }] }],
      });
    } else if (action.kind === "button") {
      choices.push(choice(choices, action.label, action.id, action.value));
      append(out, choices, action.label);
    } else {
      out.push({ type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: action.label }] }] });
      for (const option of action.options) {
        const label = option.description ? `${option.label}: ${option.description}` : option.label;
        choices.push(choice(choices, option.label, action.id, option.value));
        append(out, choices, label);
      }
    }
  }
  return { list: [...out, ...links], choices };
}

function choice(before: readonly Choice[], label: string, action: string, value: string | undefined): Choice {
  return { number: before.length + 1, label, action, ...(value === undefined ? {} : { value }) };
}

/** Adds a line to the list at the end, or begins one that goes on counting. */
function append(out: Block[], choices: readonly Choice[], label: string): void {
  const item = { type: "listItem", children: [{ type: "paragraph", children: [{ type: "text", value: label }] }] } as const;
  const last = out.at(-1);
  if (last?.type === "list") out[out.length - 1] = { ...last, children: [...last.children, item] };
  else out.push({ type: "list", ordered: true, start: choices.length, children: [item] } satisfies List);
}

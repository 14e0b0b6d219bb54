import type { Block, List, ListItem, Paragraph } from "@devflow/gateway/contract";

/** True for a list of tasks alone, each of them lines of text with more such lists below: what Atlassian's task list holds. */
export function holdsTasks(list: List): boolean {
  return list.children.length > 0 && list.children.every((item) => item.checked != null && isTask(item.children));
}

function isTask(blocks: readonly Block[]): boolean {
  const from = blocks.findIndex((block) => block.type === "list");
  const text = from < 0 ? blocks : blocks.slice(0, from);
  const lists = from < 0 ? [] : blocks.slice(from);
  return text.every((block) => block.type === "paragraph") && lists.every((block) => block.type === "list" && holdsTasks(block));
}

/** An item with its box as a character, for lists that cannot be lists of tasks. */
export function boxed(item: ListItem): ListItem {
  if (item.checked == null) return item;
  const box = { type: "text", value: item.checked ? "☑ " : "☐ " } as const;
  const [first, ...rest] = item.children;
  const line: Paragraph =
    first?.type === "paragraph" ? { ...first, children: [box, ...first.children] } : { type: "paragraph", children: [box] };
  return { ...item, checked: null, children: first?.type === "paragraph" ? [line, ...rest] : [line, ...item.children] };
}

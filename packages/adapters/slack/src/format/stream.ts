import type { Block, Content, Inline, ListItem, TableCell, TableRow } from "@devflow/gateway/contract";

/**
 * Markdown for a stream, with Slack's own tokens made inert: a model that writes `<!channel>` calls nobody. `before` is what
 * the message says already, since a token may come in two pieces.
 */
export function streamText(text: string, before: string): string {
  const inert = text.replace(/<(?=![a-z]|[@#][A-Z])/g, "<\u200B");
  const split =
    (before.endsWith("<") && /^(?:![a-z]|[@#][A-Z])/.test(text)) || (/<[!@#]$/.test(before) && /^[A-Za-z]/.test(text));
  return split ? `\u200B${inert}` : inert;
}

/** True when Markdown that was streamed would not read as the draft does: mentions have no form in it. */
export function needsEdit(content: Content): boolean {
  return content.some(mentions);
}

type Node = Block | Inline | ListItem | TableRow | TableCell;

function mentions(node: Node): boolean {
  if (node.type === "mention") return true;
  if (node.type === "fields") return node.items.some((item) => item.value.some(mentions));
  return "children" in node && (node.children as readonly Node[]).some(mentions);
}

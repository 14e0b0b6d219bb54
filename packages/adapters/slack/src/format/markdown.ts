import type { Content, Inline, Mention } from "@devflow/gateway/contract";
import { flattened, linkForm, mapInlines, mentionText, printMarkdown } from "@devflow/gateway/kit";
import { linkSchemes, mentionToken, type MrkdwnOptions } from "./mention.ts";

// Slack reads its control sequences in Markdown too, also where the Markdown says they are text.
const control = /<(?=[!@#])/g;

/**
 * Content as real Markdown, for `markdown_text` and `markdown` blocks. Control sequences that are not a `mention` node of the
 * tree are broken with a zero width space.
 */
export function renderMarkdown(content: Content, options: MrkdwnOptions = {}): string {
  return printMarkdown(
    mapInlines(content, (node) => known(node, options)),
    { mention: (node: Mention) => mentionToken(node, options), literal: (text) => text.replace(control, "<\u200b") },
  );
}

/** What Slack's Markdown has no word for, in words it has. */
function known(node: Inline, options: MrkdwnOptions): readonly Inline[] {
  switch (node.type) {
    case "spoiler":
      return [{ type: "text", value: "(spoiler) " }, ...node.children];
    case "mention":
      return mentionToken(node, options) === undefined ? [{ type: "text", value: mentionText(node) }] : [node];
    case "link": {
      const form = linkForm(node.url, flattened(node.children), linkSchemes);
      if (form.form === "label") return node.children;
      return form.form === "link"
        ? [{ ...node, url: form.url }]
        : [{ ...node, url: form.url, children: [{ type: "text", value: form.url }] }];
    }
    case "image": {
      const form = linkForm(node.url, node.alt ?? "", linkSchemes);
      return form.form === "label" ? [{ type: "text", value: node.alt || node.url }] : [node];
    }
    default:
      return [node];
  }
}

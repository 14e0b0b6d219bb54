import type { Content, Inline, Mention } from "@devflow/gateway/contract";
import { flattened, linkForm, mapInlines, mentionText, printMarkdown } from "@devflow/gateway/kit";
import { inert } from "./inert.ts";

/** How content is written. */
export interface MarkdownOptions {
  /** Whether `@ada`, `#12` and `closes #12` in the text have an effect. Mention nodes have in any case. */
  readonly references?: boolean;
}

const linkSchemes = ["https", "http", "mailto"] as const;
const imageSchemes = ["https", "http"] as const;
const login = /^[a-z\d](?:-?[a-z\d]){0,38}(?:\[bot\])?$/i;
const team = /^[a-z\d](?:-?[a-z\d]){0,38}\/[\w-]{1,100}$/i;

/** Content as GitHub's Markdown. A line feed is a line break in everything people write there. */
export function renderMarkdown(content: Content, { references = false }: MarkdownOptions = {}): string {
  return printMarkdown(mapInlines(content, known), {
    html: true,
    mention: mentionToken,
    ...(references ? {} : { escape: inert }),
  });
}

/** `@login`, or `@org/team`; undefined for what GitHub cannot mention. */
function mentionToken({ target, id, name }: Mention): string | undefined {
  if (target === "group") return team.test(id) ? `@${id}` : undefined;
  if (target !== "user") return undefined;
  // Events name people by number, and by login as their name.
  const named = (name ?? "").replace(/^@/, "");
  if (/^\d+$/.test(id) && login.test(named)) return `@${named}`;
  return login.test(id) ? `@${id}` : undefined;
}

/** What GitHub has no word for, in words it has. */
function known(node: Inline): readonly Inline[] {
  switch (node.type) {
    case "spoiler":
      return [{ type: "text", value: "(spoiler) " }, ...node.children];
    case "mention":
      return mentionToken(node) === undefined ? [{ type: "text", value: mentionText(node) }] : [node];
    case "link": {
      const form = linkForm(node.url, flattened(node.children), linkSchemes);
      if (form.form === "label") return node.children;
      return form.form === "link"
        ? [{ ...node, url: form.url }]
        : [{ ...node, url: form.url, children: [{ type: "text", value: form.url }] }];
    }
    case "image": {
      const form = linkForm(node.url, node.alt ?? "", imageSchemes);
      return form.form === "label" ? [{ type: "text", value: node.alt || node.url }] : [node];
    }
    default:
      return [node];
  }
}

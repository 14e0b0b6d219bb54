import { readFileSync } from "node:fs";
import type { Content, Inline } from "@devflow/gateway/contract";
import { mapInlines, mapText, parseMarkdown, scanMentions } from "@devflow/gateway/kit";

/** What a platform knows about the names and addresses in a text of its own. */
interface Context {
  readonly users?: Readonly<Record<string, { readonly accountId: string; readonly dcName: string; readonly display: string }>>;
  readonly repo?: string;
  readonly web?: string;
  readonly base?: string;
  readonly attachments?: readonly { readonly id: string; readonly filename: string; readonly content: string }[];
}

export interface MarkdownVector {
  readonly id: string;
  readonly markdown: string;
  readonly adf: unknown;
  readonly wiki: string;
  readonly wikiCloud?: string;
  readonly dialect?: "github" | "gitlab";
  readonly context?: Context;
}

export interface AdfVector {
  readonly id: string;
  readonly adf: unknown;
  readonly markdown: string;
  readonly target?: "github" | "gitlab";
  readonly context?: Context;
}

interface Vectors {
  readonly markdown: readonly MarkdownVector[];
  readonly adfToMarkdown: readonly AdfVector[];
}

const file = new URL("../fixtures/format.json", import.meta.url);
export const vectors: Vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;

/** Markdown as the forge where it was written means it: what the adapter of that forge hands on. */
export function read({ markdown, dialect = "github", context = {} }: MarkdownVector, server = false): Content {
  const options = dialect === "gitlab" ? ({ html: true, feed: "space", tildes: 2 } as const) : { html: true };
  const content = mapText(parseMarkdown(markdown, options), (text) => named(text, context, server));
  return mapInlines(content, (node) => [absolute(node, context)]);
}

function absolute(node: Inline, { base }: Context): Inline {
  if (base === undefined || node.type !== "link" || !node.url.startsWith("/")) return node;
  return { ...node, url: base + node.url };
}

/** Names and short references in a text, as mentions and links. */
function named(text: string, { users = {}, repo, web }: Context, server: boolean): Inline[] | undefined {
  const found: { readonly from: number; readonly end: number; readonly node: Inline }[] = [];
  for (const { name, from, end } of scanMentions(text)) {
    const user = Object.hasOwn(users, name) ? users[name] : undefined;
    const id = user === undefined ? undefined : server ? user.dcName : user.accountId;
    if (user && id) found.push({ from, end, node: { type: "mention", target: "user", id, name: user.display } });
  }
  if (repo !== undefined && web !== undefined) {
    for (const match of text.matchAll(/(?<![\w/])([\w.-]+\/[\w.-]+)?#(\d+)\b/g)) {
      const url = `${web}/${match[1] ?? repo}/issues/${match[2]}`;
      const node: Inline = { type: "link", url, children: [{ type: "text", value: match[0] }] };
      found.push({ from: match.index, end: match.index + match[0].length, node });
    }
  }
  if (found.length === 0) return undefined;
  const out: Inline[] = [];
  let at = 0;
  for (const { from, end, node } of found.toSorted((a, b) => a.from - b.from)) {
    out.push({ type: "text", value: text.slice(at, from) }, node);
    at = end;
  }
  return [...out, { type: "text", value: text.slice(at) }];
}

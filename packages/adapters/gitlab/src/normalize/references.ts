import type { Content, Inline } from "@devflow/gateway/contract";
import { mapInlines, mapText, parseMarkdown, safeUrl, scanMentions } from "@devflow/gateway/kit";
import { unmarked } from "../wire/index.ts";
import type { Project } from "./project.ts";

/**
 * A text of GitLab's as a tree that means the same elsewhere: short references are links to this instance, relative links lead to
 * it, and names are mentions.
 */
export function readMarkdown(written: string, project: Project): Content {
  const content = parseMarkdown(unmarked(written), { html: true, feed: "space", tildes: 2 });
  const base = project.url;
  const absolute = base === undefined ? content : mapInlines(content, (node) => [resolved(node, base)]);
  return mapText(absolute, (text) => linked(text, project));
}

/** Uploads stand below the project; anything else that begins with a slash stands below the host. */
function resolved(node: Inline, base: string): Inline {
  if ((node.type !== "link" && node.type !== "image") || !/^\/(?!\/)/.test(node.url)) return node;
  const url = node.url.startsWith("/uploads/") ? `${base}${node.url}` : URL.parse(node.url, base)?.href;
  return url === undefined ? node : { ...node, url };
}

interface Span {
  readonly from: number;
  readonly end: number;
  readonly node: Inline;
}

const folders: Readonly<Record<string, string>> = { "#": "issues", "!": "merge_requests" };
/** A path of a project is at most 255 characters at each of its steps; longer than this, nobody writes one. */
const longestPath = 200;

function linked(text: string, project: Project): readonly Inline[] | undefined {
  const spans = [...references(text, project), ...mentions(text)].toSorted((a, b) => a.from - b.from);
  if (spans.length === 0) return undefined;
  const out: Inline[] = [];
  let at = 0;
  for (const { from, end, node } of spans) {
    if (from < at) continue;
    if (from > at) out.push({ type: "text", value: text.slice(at, from) });
    out.push(node);
    at = end;
  }
  if (at < text.length) out.push({ type: "text", value: text.slice(at) });
  return out;
}

function mentions(text: string): readonly Span[] {
  return scanMentions(text).map(({ name, from, end }) => {
    const node: Inline =
      name === "all"
        ? { type: "mention", target: "room", id: "all", name: "@all" }
        : { type: "mention", target: "user", id: name, name: `@${name}` };
    return { from, end, node };
  });
}

function references(text: string, project: Project): readonly Span[] {
  const { url, room } = project;
  if (url === undefined) return [];
  const spans: Span[] = [];
  for (const match of text.matchAll(/([#!])(\d{1,10})(?!\w)/g)) {
    const [whole, sigil = "", number = ""] = match;
    const before = text.slice(Math.max(0, match.index - longestPath), match.index);
    const path = /(?:^|[^\w/.-])((?:\w[\w.-]*\/){1,20}\w[\w.-]*)$/.exec(before)?.[1];
    if (path === undefined && /[\w/&]$/.test(before)) continue;
    const home =
      path === undefined || path === room ? url : url.endsWith(`/${room}`) ? `${url.slice(0, -room.length)}${path}` : undefined;
    const target = home === undefined ? undefined : safeUrl(`${home}/-/${folders[sigil]}/${number}`, ["http", "https"]);
    if (target === undefined) continue;
    const label = `${path ?? ""}${whole}`;
    const from = match.index - (path?.length ?? 0);
    spans.push({
      from,
      end: from + label.length,
      node: { type: "link", url: target, children: [{ type: "text", value: label }] },
    });
  }
  return spans;
}

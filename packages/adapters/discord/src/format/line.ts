import type { Inline, Mention } from "@devflow/gateway/contract";
import {
  commonMarks,
  flattened,
  linkForm,
  mentionText,
  runsOf,
  tighten,
  type Mark,
  type Run,
  type Stretch,
} from "@devflow/gateway/kit";
import { code, escapeLine, lineOf, literal } from "./literal.ts";

/** How text is written for Discord. */
export interface RenderOptions {
  /** Let `room` mentions ping everybody. Off unless set. */
  readonly broadcast?: boolean;
}

const signs: Readonly<Record<Mark, string>> = { strong: "**", emphasis: "*", delete: "~~", spoiler: "||" };
/** What a masked link may lead to, and what is worth showing besides. */
const linked: readonly string[] = ["http", "https", "discord"];
const shown: readonly string[] = [...linked, "mailto", "tel"];

/** A paragraph, or whatever else has lines of its own. Marks go on over line feeds. */
export function renderInline(children: readonly Inline[], options: RenderOptions, marks: readonly Mark[] = []): string {
  const stretches: Stretch[] = [];
  collect(runsOf(children, marks), options, stretches);
  return marked(stretches, true);
}

function collect(runs: readonly Run[], options: RenderOptions, out: Stretch[]): void {
  const put = (marks: readonly Mark[], text: string, token: boolean): void => {
    if (text !== "") out.push({ marks, text, token });
  };
  for (const { marks, node } of runs) {
    switch (node.type) {
      case "text":
        put(marks, lineOf(node.value), false);
        break;
      case "inlineCode":
        put(marks, code(node.value), true);
        break;
      case "mention": {
        const token = mentionToken(node, options);
        put(marks, token ?? oneLine(mentionText(node)), token !== undefined);
        break;
      }
      case "emoji":
        putEmoji(node.name, node.value, (text, token) => put(marks, text, token));
        break;
      case "image": {
        const form = linkForm(node.url, node.alt ?? "", shown);
        if (form.form === "label") put(marks, oneLine(node.alt || node.url), false);
        else put(marks, link(form.url, form.form === "link" ? literal(oneLine(node.alt ?? "")) : ""), true);
        break;
      }
      case "link": {
        const form = linkForm(node.url, flattened(node.children), shown);
        if (form.form === "label") collect(runsOf(node.children, marks), options, out);
        else put(marks, link(form.url, form.form === "link" ? label(node.children, marks) : ""), true);
      }
    }
  }
}

function putEmoji(name: string, value: string | undefined, put: (text: string, token: boolean) => void): void {
  if (/^(?:a:)?\w{1,32}:\d{1,20}$/.test(name)) put(name.startsWith("a:") ? `<${name}>` : `<:${name}>`, true);
  else put(oneLine(value ?? `:${name}:`), false);
}

/** Discord's token for a mention; undefined where it may not be one, or its id is none of Discord's. */
export function mentionToken(node: Mention, options: RenderOptions): string | undefined {
  if (node.target === "room") return options.broadcast === true ? (node.id === "here" ? "@here" : "@everyone") : undefined;
  if (!/^\d{1,20}$/.test(node.id)) return undefined;
  return node.target === "user" ? `<@${node.id}>` : node.target === "channel" ? `<#${node.id}>` : `<@&${node.id}>`;
}

/** The words of a link, with the marks within it. A mention in there would not be one. */
function label(children: readonly Inline[], around: readonly Mark[]): string {
  const stretches = runsOf(children, around).map(({ marks, node }): Stretch => {
    const inner = marks.slice(commonMarks(marks, around));
    const text = node.type === "inlineCode" ? code(node.value) : oneLine(flattened([node]));
    return { marks: inner, text, token: node.type === "inlineCode" };
  });
  return marked(stretches).trim();
}

/** A link with words is masked; one whose address Discord does not mask shows it behind them. */
function link(url: string, words: string): string {
  const target = url.replace(/\s/g, "%20").replaceAll("<", "%3C").replaceAll(">", "%3E");
  const web = linked.includes(target.slice(0, target.indexOf(":")).toLowerCase());
  const said = target.replace(/^(?:mailto|tel):/i, "");
  if (words === "") return said;
  // What reads as its own address is said once.
  if (words === literal(said)) return words;
  return web
    ? `[${words}](${balanced(target) ? target : target.replaceAll("(", "%28").replaceAll(")", "%29")})`
    : `${words} (${said})`;
}

function balanced(url: string): boolean {
  let depth = 0;
  for (const sign of url) {
    if (sign === "(") depth++;
    if (sign === ")" && --depth < 0) return false;
  }
  return depth === 0;
}

function oneLine(text: string): string {
  return lineOf(text).replace(/\s*\n\s*/g, " ");
}

/** Text with its marks. Signs of one kind that would touch are kept apart, or they would be read as others. */
function marked(stretches: readonly Stretch[], lines = false): string {
  const line = tighten(stretches);
  const masks = maskEnd(line);
  const out: string[] = [];
  let open: readonly Mark[] = [];
  let at = 0;
  for (const { marks, text, token } of line) {
    const common = commonMarks(open, marks);
    const closing = signsOf(open.slice(common).toReversed());
    const starting = signsOf(marks.slice(common));
    if (closing !== "") out.push(closing);
    const begins = lines && starting === "" && /(?:^|\n)$/.test(out.at(-1) ?? "");
    const written = token ? text : escapeLines(bracketed(literal(text), at < masks), lines, begins);
    const before = out.at(-1)?.at(-1) ?? "";
    const next = (starting + written)[0] ?? "";
    if ("*|~`".includes(next) && before === next && !(out.at(-1) ?? "").endsWith(`\\${before}`)) out.push("\u200b");
    out.push(starting, written);
    open = marks;
    at += text.length;
  }
  return out.join("") + signsOf(open.toReversed());
}

/** `begins`: the text stands at the beginning of a line. */
function escapeLines(text: string, lines: boolean, begins: boolean): string {
  if (!lines) return text;
  return text
    .split("\n")
    .map((line, i) => (i > 0 || begins ? escapeLine(line) : line))
    .join("\n");
}

function signsOf(marks: readonly Mark[]): string {
  return marks.map((mark) => signs[mark]).join("");
}

/** How far into the line a bracket might begin a masked link: up to the last `](`. */
function maskEnd(line: readonly Stretch[]): number {
  const all = line.map(({ text, token }) => (token ? "x".repeat(text.length) : text)).join("");
  return Math.max(all.lastIndexOf("]("), all.endsWith("]") ? all.length - 1 : -1, lastBeforeToken(line));
}

/** A `]` right before a link or a mark could go on in what follows. */
function lastBeforeToken(line: readonly Stretch[]): number {
  let at = 0;
  let found = -1;
  for (const { text, token } of line) {
    at += text.length;
    if (!token && text.endsWith("](")) found = at;
  }
  return found;
}

function bracketed(text: string, mask: boolean): string {
  return mask ? text.replaceAll("[", "\\[") : text;
}

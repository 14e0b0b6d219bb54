import type { Block, Content, Inline, List, ListItem, Mention } from "@devflow/gateway/contract";
import {
  cleanText,
  commonMarks,
  flattened,
  foreign,
  joined,
  linkForm,
  type Mark,
  mentionText,
  type Run,
  runsOf,
  tableText,
} from "@devflow/gateway/kit";

const tags: Readonly<Record<Mark, string>> = { strong: "b", emphasis: "i", delete: "s", spoiler: "tg-spoiler" };
const bullets = ["•", "◦", "▪"] as const;
/** What a text link may lead to; the server shows others as plain text. */
const linked: readonly string[] = ["http", "https", "tg", "ton", "tonsite"];
const shown: readonly string[] = [...linked, "mailto", "tel"];

/**
 * Content as HTML of the Bot API (`parse_mode: "HTML"`). Whatever the content, the result has only allowed tags, nested as
 * allowed, and every `&`, `<` and `>` of the text escaped. The empty string when there is nothing to see: send nothing.
 */
export function renderHtml(content: Content): string {
  const html = blocks(content);
  return visible.test(html.replace(/<[^>]*>/g, "")) ? html : "";
}

/** What the server does not take for an empty text. */
const visible = /[^\s\p{Cf}\u2800\u3164\u115f\u1160]/u;

/** UTF-16 units of the text that the server reads out of {@link renderHtml}: what its limits count. */
export function measureHtml(content: Content): number {
  const html = renderHtml(content);
  let length = 0;
  for (let at = 0; at < html.length; at++) {
    const code = html.charCodeAt(at);
    if (code === 0x3c) at = html.indexOf(">", at);
    else {
      if (code === 0x26) at = html.indexOf(";", at);
      length++;
    }
  }
  return length;
}

function blocks(content: Content, within?: "quote"): string {
  return joined(content, "\n\n", (block) => renderBlock(block, 0, within));
}

function renderBlock(block: Block, level: number, within?: "quote"): string {
  switch (block.type) {
    case "paragraph":
      return inline(block.children);
    case "heading":
      return inline(block.children, ["strong"]);
    case "blockquote": {
      const inner = blocks(block.children, "quote");
      // Quotes do not nest: the inner one's text stands in the outer one.
      return inner === "" || within === "quote" ? inner : `<blockquote>${inner}</blockquote>`;
    }
    case "list":
      return bulleted(block, level, within);
    case "code":
      return pre(block.value, block.lang);
    case "table":
      return pre(tableText(block));
    case "thematicBreak":
      return "──────────";
    case "fields":
      return joined(block.items, "\n", (item) => `<b>${text(item.name)}:</b> ${inline(item.value)}`);
    case "actions":
      return "";
    default: {
      const other = foreign(block);
      return "value" in other ? text(other.value) : blocks(other.children as Block[], within);
    }
  }
}

function bulleted(node: List, level: number, within?: "quote"): string {
  const start = node.start ?? 1;
  const bullet = bullets[Math.min(level, bullets.length - 1)] ?? "•";
  let n = 0;
  return joined(node.children, node.spread ? "\n\n" : "\n", (item) => {
    const marker = node.ordered ? `${start + n++}. ` : `${bullet} `;
    return listItem(item, marker, level, within);
  });
}

function listItem(item: ListItem, marker: string, level: number, within?: "quote"): string {
  const indent = "    ".repeat(level);
  const lead = marker + (item.checked == null ? "" : item.checked ? "☑ " : "☐ ");
  let out = "";
  for (const [i, child] of item.children.entries()) {
    const part = renderBlock(child, level + 1, within);
    if (part === "") continue;
    const flowing = child.type === "paragraph" || child.type === "heading";
    const body = flowing ? part.replaceAll("\n", `\n${indent}${" ".repeat(marker.length)}`) : part;
    if (i === 0) out += flowing ? indent + lead + body : child.type === "list" ? body : `${indent}${lead}\n${body}`;
    else if (flowing) out += `\n\n${indent}${" ".repeat(marker.length)}${body}`;
    else out += `\n${body}`;
  }
  return out === "" ? indent + lead.trimEnd() : out;
}

function pre(code: string, lang?: string | null): string {
  const body = escape(serverText(code.replaceAll("\t", "    ")));
  if (body.trim() === "") return "";
  const language = /^[\w+#.-]+/.exec(lang ?? "")?.[0];
  return language === undefined ? `<pre>${body}</pre>` : `<pre><code class="language-${language}">${body}</code></pre>`;
}

function inline(children: readonly Inline[], marks: readonly Mark[] = []): string {
  return writeRuns(runsOf(children, marks), []);
}

/**
 * Marks open and close in the order of nesting; code stands outside of them, as the server wants it. `around` are the marks
 * that are open already. `inLink`: within a link, which holds no other.
 */
function writeRuns(runs: readonly Run[], around: readonly Mark[], inLink = false): string {
  let out = "";
  let open = around;
  for (const { marks, node } of runs) {
    // Code cannot be hidden, nor lead anywhere: there its text matters more than its look.
    const code = node.type === "inlineCode" && !inLink && around.length === 0 && !marks.includes("spoiler");
    const body = leaf(node, marks, inLink, code);
    if (body === "") continue;
    const wanted = code ? [] : marks;
    const common = commonMarks(open, wanted);
    out +=
      closed(open.slice(common)) +
      wanted
        .slice(common)
        .map((mark) => `<${tags[mark]}>`)
        .join("") +
      body;
    open = wanted;
  }
  return out + closed(open.slice(around.length));
}

function closed(marks: readonly Mark[]): string {
  return marks
    .toReversed()
    .map((mark) => `</${tags[mark]}>`)
    .join("");
}

function leaf(node: Run["node"], marks: readonly Mark[], inLink: boolean, code: boolean): string {
  switch (node.type) {
    case "text":
      return text(node.value);
    case "inlineCode":
      return code ? `<code>${text(node.value)}</code>` : text(node.value);
    case "mention":
      return inLink ? text(mentionText(node)) : mention(node);
    case "emoji":
      return text(node.value ?? `:${node.name}:`);
    case "image": {
      const label = { type: "text", value: node.alt || node.url } as const;
      return inLink ? text(label.value) : link(node.url, [label], marks);
    }
    case "link":
      return inLink ? writeRuns(runsOf(node.children, marks), marks, true) : link(node.url, node.children, marks);
  }
}

function link(url: string, children: readonly Inline[], marks: readonly Mark[]): string {
  const inner = (): string => writeRuns(runsOf(children, marks), marks, true);
  const label = flattened(children).trim();
  const form = userLink.test(url) ? { form: "label" as const } : linkForm(url, label, shown);
  if (form.form === "label") return inner();
  const target = form.url.replace(unspoken, "");
  if (form.form === "url") return text(target);
  // What reads as its own address is left alone: the server finds it.
  if (target === label || form.url === `http://${label}`) return inner();
  if (accepted(form.url)) return `<a href="${attribute(form.url)}">${inner()}</a>`;
  return `${inner()} (${text(target)})`;
}

/** A link that would mention somebody: only a `mention` node may. */
const userLink = /^\s*tg:\/*user\b/i;
/** Schemes that say nothing to a reader. */
const unspoken = /^(?:mailto|tel):/i;

/** The server wants a dot in the host of a web address; else the link silently becomes plain text. */
function accepted(url: string): boolean {
  if (!/^https?:/i.test(url)) return linked.includes(url.slice(0, url.indexOf(":")).toLowerCase());
  return URL.canParse(url) && new URL(url).hostname.includes(".");
}

function mention(node: Mention): string {
  const name = text(mentionText(node));
  const user = node.target === "user" && /^\d{1,20}$/.test(node.id);
  return user && name.trim() !== "" ? `<a href="tg://user?id=${node.id}">${name}</a>` : name;
}

function text(value: string): string {
  return escape(serverText(value).replaceAll("\t", " "));
}

function escape(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function attribute(value: string): string {
  return escape(value).replaceAll('"', "&quot;");
}

/** Text as the server leaves it: it turns control characters to spaces and drops some marks, which are saved here by composing. */
function serverText(value: string): string {
  const clean = cleanText(value).replace(/\r\n?|[\u2028\u2029]/g, "\n");
  const composed = dropped.test(clean) ? clean.normalize("NFC").replace(droppedAll, "") : clean;
  return composed.replace(/(?![\n\t])\p{Cc}/gu, " ");
}

const dropped = /[\u030a\u0333\u033f]/;
const droppedAll = /[\u030a\u0333\u033f]/g;

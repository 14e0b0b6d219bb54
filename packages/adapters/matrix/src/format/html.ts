import type { Block, Content, Inline, List, ListItem, Mention, Table } from "@devflow/gateway/contract";
import { cleanText, flattened, foreign, linkForm, mentionText } from "@devflow/gateway/kit";
import { matrixTo } from "../wire/index.ts";

/** Schemes that `a href` may have. Source: Client-Server API 1.19, m.room.message, HTML subset. */
export const linked: readonly string[] = ["https", "http", "ftp", "mailto", "magnet"];

/** Clients show at most 100 levels of nesting; what lies deeper keeps its text and loses its form. */
const depthLimit = 80;
const marks = { strong: "strong", emphasis: "em", delete: "del" } as const;

/**
 * Content as HTML of the subset that Matrix allows (`org.matrix.custom.html`): every `&`, `<`, `>` and `"` of the text is
 * escaped, whatever the content. The empty string when there is nothing to see.
 */
export function renderHtml(content: Content): string {
  const [only, ...more] = content;
  if (only?.type === "paragraph" && more.length === 0) return inlines(only.children, 0);
  return blocks(content, 0);
}

/** True for HTML that says no more than the plain body does: then it is left out. */
export function isUnstyled(html: string): boolean {
  return !/<(?!\/?p>|br>)/.test(html);
}

function blocks(content: Content, depth: number, tight = false): string {
  return content.map((block) => renderBlock(block, depth, tight)).join("");
}

function renderBlock(block: Block, depth: number, tight: boolean): string {
  if (depth > depthLimit) return wrapped("p", plain(block));
  switch (block.type) {
    case "paragraph":
      return tight ? inlines(block.children, depth) : wrapped("p", inlines(block.children, depth + 1));
    case "heading":
      return wrapped(`h${block.depth}`, inlines(block.children, depth + 1));
    case "blockquote":
      return wrapped("blockquote", blocks(block.children, depth + 1));
    case "list":
      return list(block, depth);
    case "code":
      return pre(block.value, block.lang);
    case "table":
      return table(block, depth);
    case "thematicBreak":
      return "<hr>";
    case "fields":
      return block.items.map(({ name, value }) => `<p><strong>${text(name)}:</strong> ${inlines(value, depth + 1)}</p>`).join("");
    case "actions":
      return "";
    default: {
      const other = foreign(block);
      return "value" in other ? wrapped("p", text(other.value)) : blocks(other.children as Block[], depth + 1, tight);
    }
  }
}

function wrapped(tag: string, inner: string): string {
  return inner === "" ? "" : `<${tag}>${inner}</${tag.split(" ", 1)[0]}>`;
}

/** A block that lies too deep: its words. */
function plain(block: Block): string {
  const words: string[] = [];
  const left: unknown[] = [block];
  while (left.length > 0) {
    const node = left.pop();
    const other = foreign(node);
    if ("value" in other) words.push(other.value);
    else left.push(...other.children.toReversed());
  }
  return text(words.join(" "));
}

function list(node: List, depth: number): string {
  const start = node.start ?? 1;
  const open = node.ordered ? (start === 1 ? "<ol>" : `<ol start="${Math.trunc(start)}">`) : "<ul>";
  const items = node.children.map((item) => listItem(item, depth + 1, node.spread === true)).join("");
  return items === "" ? "" : `${open}${items}${node.ordered ? "</ol>" : "</ul>"}`;
}

function listItem(item: ListItem, depth: number, spread: boolean): string {
  const box = item.checked == null ? "" : item.checked ? "☑ " : "☐ ";
  const [first, ...rest] = item.children;
  // The box belongs into the line that it is about.
  if (box !== "" && first?.type === "paragraph") {
    const children: Inline[] = [{ type: "text", value: box }, ...first.children];
    return `<li>${blocks([{ ...first, children }, ...rest], depth + 1, !spread)}</li>`;
  }
  return `<li>${box}${blocks(item.children, depth + 1, !spread)}</li>`;
}

function pre(code: string, lang?: string | null): string {
  const language = /^[A-Za-z0-9_+#.-]+/.exec(lang ?? "")?.[0];
  const open = language === undefined ? "<code>" : `<code class="language-${language}">`;
  const body = cleanText(code);
  return `<pre>${open}${escape(body.endsWith("\n") ? body : `${body}\n`)}</code></pre>`;
}

function table(node: Table, depth: number): string {
  const row = (index: number, tag: string): string => {
    const cells = node.children[index]?.children ?? [];
    return `<tr>${cells.map((cell) => `<${tag}>${inlines(cell.children, depth + 4)}</${tag}>`).join("")}</tr>`;
  };
  if (node.children.length === 0) return "";
  const body = node.children.slice(1).map((_, i) => row(i + 1, "td"));
  return `<table><thead>${row(0, "th")}</thead>${body.length === 0 ? "" : `<tbody>${body.join("")}</tbody>`}</table>`;
}

function inlines(children: readonly Inline[], depth: number, inLink = false): string {
  return children.map((child) => inline(child, depth, inLink)).join("");
}

function inline(node: Inline, depth: number, inLink: boolean): string {
  if (depth > depthLimit) return text(flattened([node]));
  switch (node.type) {
    case "text":
      return text(node.value);
    case "strong":
    case "emphasis":
    case "delete":
      return wrapped(marks[node.type], inlines(node.children, depth + 1, inLink));
    case "spoiler": {
      const inner = inlines(node.children, depth + 1, inLink);
      return inner === "" ? "" : `<span data-mx-spoiler>${inner}</span>`;
    }
    case "inlineCode":
      return wrapped("code", text(node.value));
    case "break":
      return "<br>";
    case "link":
      return inLink ? inlines(node.children, depth, true) : link(node.url, node.children, depth);
    case "image": {
      const label = [{ type: "text", value: node.alt || node.url }] as const;
      return inLink ? text(label[0].value) : link(node.url, label, depth);
    }
    case "mention":
      return inLink ? text(mentionText(node)) : mention(node);
    case "emoji":
      return text(node.value ?? `:${node.name}:`);
    default: {
      const other = foreign(node);
      return "value" in other ? text(other.value) : inlines(other.children as Inline[], depth + 1, inLink);
    }
  }
}

function link(url: string, children: readonly Inline[], depth: number): string {
  const label = flattened(children);
  const form = pill.test(url) ? { form: "label" as const } : linkForm(url, label, linked);
  if (form.form === "label") return inlines(children, depth, true);
  const inner = form.form === "url" ? text(form.url) : inlines(children, depth + 1, true);
  return `<a href="${attribute(form.url)}">${inner}</a>`;
}

/** A link that would look like a mention of somebody: only a `mention` node may. */
const pill = /^\s*https?:\/\/(?:www\.)?matrix\.to\/?#\/(?:@|%40)/i;

function mention(node: Mention): string {
  const name = text(mentionText(node));
  const target = mentioned(node);
  return target === undefined || name === "" ? name : `<a href="${attribute(matrixTo(target))}">${name}</a>`;
}

/** The id that a mention leads to; undefined for one that Matrix cannot say. */
export function mentioned({ target, id }: Mention): string | undefined {
  const form = target === "user" ? /^@[^:\s]+:\S+$/ : target === "channel" ? /^[!#]\S+$/ : undefined;
  return form?.test(id) && Buffer.byteLength(id) <= 255 && cleanText(id) === id ? id : undefined;
}

function text(value: string): string {
  return escape(cleanText(value)).replaceAll("\n", "<br>");
}

function escape(value: string): string {
  return value
    .replace(/(?![\n\t])\p{Cc}/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function attribute(value: string): string {
  return escape(value).replaceAll('"', "&quot;").replaceAll("\n", " ");
}

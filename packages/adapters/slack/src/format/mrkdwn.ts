import type { Block, Content, Inline, Link, List, ListItem, Text } from "@devflow/gateway/contract";
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
  type Stretch,
  tableText,
  unquoted,
} from "@devflow/gateway/kit";
import { writeLine } from "./line.ts";
import { escape, literal } from "./literal.ts";
import { linkSchemes, mentionToken, type MrkdwnOptions } from "./mention.ts";

export type { MrkdwnOptions } from "./mention.ts";

const bullets = ["•", "◦", "▪"] as const;

/**
 * Content as mrkdwn, for `text` and text objects. Whatever the content, `&`, `<` and `>` of its text are escaped, and every
 * `<…>` is a link or a mention that the tree names. The empty string when there is nothing to see: send nothing.
 */
export function renderMrkdwn(content: Content, options: MrkdwnOptions = {}): string {
  const text = blocks(content, options);
  return /[^\s\p{Cf}]/u.test(text) ? text : "";
}

function blocks(content: Content, options: MrkdwnOptions): string {
  return joined(content, "\n\n", (block) => renderBlock(block, 0, options));
}

function renderBlock(block: Block, level: number, options: MrkdwnOptions): string {
  switch (block.type) {
    case "paragraph":
      return inline(block.children, options);
    case "heading":
      return inline(block.children, options, ["strong"]);
    case "blockquote":
      return quoted(unquoted(block.children), options);
    case "list":
      return list(block, level, options);
    case "code":
      return fence(block.value);
    case "table":
      return fence(tableText(block));
    case "thematicBreak":
      return "──────────";
    case "fields":
      return joined(block.items, "\n", (item) => {
        const name: Inline = { type: "strong", children: [{ type: "text", value: `${item.name}:` }] };
        return inline([name, { type: "text", value: " " }, ...item.value], options);
      });
    case "actions":
      return "";
    default: {
      const other = foreign(block);
      return "value" in other
        ? inline([{ type: "text", value: other.value }], options)
        : blocks(other.children as Block[], options);
    }
  }
}

function quoted(content: Content, options: MrkdwnOptions): string {
  const text = blocks(content, options);
  return text === "" ? "" : `> ${text.replaceAll("\n", "\n> ")}`;
}

function list(node: List, level: number, options: MrkdwnOptions): string {
  const start = node.start ?? 1;
  const bullet = bullets[Math.min(level, bullets.length - 1)] ?? "•";
  let n = 0;
  return joined(node.children, node.spread ? "\n\n" : "\n", (item) => {
    const marker = node.ordered ? `${start + n++}. ` : `${bullet} `;
    return listItem(item, marker, level, options);
  });
}

function listItem(item: ListItem, marker: string, level: number, options: MrkdwnOptions): string {
  const indent = "    ".repeat(level);
  const lead = marker + (item.checked == null ? "" : item.checked ? "☑ " : "☐ ");
  const hang = indent + " ".repeat(marker.length);
  let out = "";
  for (const [i, child] of item.children.entries()) {
    const part = renderBlock(child, level + 1, options);
    if (part === "") continue;
    const flowing = child.type === "paragraph" || child.type === "heading";
    const body = flowing ? part.replaceAll("\n", `\n${hang}`) : part;
    if (i === 0) out += flowing ? indent + lead + body : child.type === "list" ? body : `${indent}${lead}\n${body}`;
    else out += flowing ? `\n\n${hang}${body}` : `\n${body}`;
  }
  return out === "" ? indent + lead.trimEnd() : out;
}

function fence(code: string): string {
  const body = escape(cleanText(code)).replace(/``(?=`)/g, "``\u200b");
  return body.trim() === "" ? "" : `\`\`\`\n${body}\n\`\`\``;
}

function inline(children: readonly Inline[], options: MrkdwnOptions, marks: readonly Mark[] = []): string {
  const lines: Stretch[][] = [[]];
  collect(runsOf(children, marks), options, lines, false);
  return lines.map(writeLine).join("\n");
}

/** Marks never cross lines, so every line stands for itself. A spoiler has no mark: a word says it. */
function collect(runs: readonly Run[], options: MrkdwnOptions, lines: Stretch[][], spoiler: boolean): void {
  let hidden = spoiler;
  for (const run of runs) {
    const spoils = run.marks.includes("spoiler");
    const marks = spoils ? run.marks.filter((mark) => mark !== "spoiler") : run.marks;
    if (spoils && !hidden)
      lines.at(-1)?.push({ marks: run.marks.slice(0, run.marks.indexOf("spoiler")), text: "(spoiler) ", token: false });
    hidden = spoils;
    const { node } = run;
    if (node.type === "text") {
      for (const [i, text] of cleanText(node.value)
        .split(/\r\n?|\n/)
        .entries()) {
        if (i > 0) lines.push([]);
        if (text !== "") lines.at(-1)?.push({ marks, text, token: false });
      }
      continue;
    }
    if (node.type === "link") {
      const inner = runsOf(node.children, run.marks);
      const form = linkForm(node.url, flattened(node.children), linkSchemes);
      if (form.form === "label") collect(inner, options, lines, hidden);
      else
        lines.at(-1)?.push({
          marks: form.form === "link" ? shared(inner, marks) : marks,
          text: link(form.url, form.form === "link" ? flattened(node.children) : ""),
          token: true,
        });
      continue;
    }
    const { text, token } = leaf(node, options);
    if (text !== "") lines.at(-1)?.push({ marks, text, token });
  }
}

/** Marks that all of a link's text has: a label takes none, so they go around the link. */
function shared(inner: readonly Run[], around: readonly Mark[]): readonly Mark[] {
  const [first, ...rest] = inner.map((run) => run.marks.filter((mark) => mark !== "spoiler"));
  if (first === undefined) return around;
  return first.slice(0, Math.min(first.length, ...rest.map((marks) => commonMarks(first, marks))));
}

function leaf(
  node: Exclude<Run["node"], Text | Link>,
  options: MrkdwnOptions,
): { readonly text: string; readonly token: boolean } {
  switch (node.type) {
    case "inlineCode": {
      // No code can hold a backtick; the letter that looks like one can be read.
      const code = oneLine(node.value).replaceAll("`", "\u02cb");
      return code.trim() === "" ? { text: code, token: false } : { text: `\`${escape(code)}\``, token: true };
    }
    case "mention": {
      const text = mentionToken(node, options);
      return text === undefined ? { text: oneLine(mentionText(node)), token: false } : { text, token: true };
    }
    case "emoji":
      if (node.value !== undefined) return { text: oneLine(node.value), token: false };
      return { text: `:${node.name}:`, token: /^[\w+'-]+(?:::[\w-]+)?$/.test(node.name) };
    case "image": {
      const form = linkForm(node.url, node.alt ?? "", linkSchemes);
      if (form.form === "label") return { text: oneLine(node.alt || node.url), token: false };
      return { text: link(form.url, form.form === "link" ? (node.alt ?? "") : ""), token: true };
    }
  }
}

function oneLine(text: string): string {
  const clean = cleanText(text);
  return /[\r\n]/.test(clean)
    ? clean
        .split(/[\r\n]+/)
        .map((line) => line.trim())
        .join(" ")
    : clean;
}

function link(url: string, label: string): string {
  const target = escape(
    url.replaceAll("|", "%7C").replaceAll("<", "%3C").replaceAll(">", "%3E").replaceAll("`", "%60").replace(/\s/g, "%20"),
  );
  const text = literal(oneLine(label).trim().replaceAll("|", "¦"), "", "");
  return text === "" ? `<${target}>` : `<${target}|${text}>`;
}

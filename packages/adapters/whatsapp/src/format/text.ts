import type { Block, Content, Inline, List, ListItem, Table, TableRow } from "@devflow/gateway/contract";
import {
  cleanText,
  displayWidth,
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

const linkSchemes: readonly string[] = ["http", "https", "mailto", "tel"];
/** Cells that a phone shows in a line of fixed width. */
const phoneWidth = 30;

/**
 * Content in WhatsApp's markup, for texts, captions and the bodies of buttons. Markers of the text itself are inert. The empty
 * string when there is nothing to see: send nothing.
 */
export function renderText(content: Content): string {
  const text = blocks(content);
  return /[^\s\p{Cf}]/u.test(text) ? text : "";
}

function blocks(content: Content): string {
  return joined(content, "\n\n", (block) => renderBlock(block, 0));
}

function renderBlock(block: Block, level: number): string {
  switch (block.type) {
    case "paragraph":
      return inline(block.children);
    case "heading":
      return inline(block.children, ["strong"]);
    case "blockquote": {
      const text = blocks(unquoted(block.children));
      return text === "" ? "" : `> ${text.replaceAll("\n", "\n> ")}`;
    }
    case "list":
      return list(block, level);
    case "code":
      return fence(block.value);
    case "table":
      return table(block);
    case "thematicBreak":
      return "──────────";
    case "fields":
      return joined(block.items, "\n", ({ name, value }) => record(name, value));
    case "actions":
      return "";
    default: {
      const other = foreign(block);
      return "value" in other ? inline([{ type: "text", value: other.value }]) : blocks(other.children as Block[]);
    }
  }
}

function list(node: List, level: number): string {
  const start = node.start ?? 1;
  let n = 0;
  return joined(node.children, node.spread ? "\n\n" : "\n", (item) => {
    const bullet = level === 0 ? "- " : "◦ ";
    return listItem(item, node.ordered ? `${start + n++}. ` : bullet, level);
  });
}

function listItem(item: ListItem, marker: string, level: number): string {
  const indent = "    ".repeat(level);
  const lead = indent + marker + (item.checked == null ? "" : item.checked ? "☑ " : "☐ ");
  const hang = indent + " ".repeat(marker.length);
  let out = "";
  for (const [at, child] of item.children.entries()) {
    const part = renderBlock(child, level + 1);
    if (part === "") continue;
    const flowing = child.type === "paragraph" || child.type === "heading";
    const body = flowing ? part.replaceAll("\n", `\n${hang}`) : part;
    if (at > 0) out += flowing ? `\n\n${hang}${body}` : `\n${body}`;
    else if (flowing) out += lead + body;
    else out += child.type === "list" ? body : `${lead}\n${body}`;
  }
  return out === "" ? lead.trimEnd() : out;
}

function fence(code: string): string {
  const body = cleanText(code).replace(/``(?=`)/g, "``\u200b");
  return body.trim() === "" ? "" : `\`\`\`\n${body}\n\`\`\``;
}

/** A narrow table keeps its columns; of a wide one each row becomes lines of its own, since phones would break it anywhere. */
function table(node: Table): string {
  const text = tableText(node);
  const [head, ...rows] = node.children;
  const width = Math.max(...text.split("\n").map(displayWidth));
  if (width <= phoneWidth || head === undefined || rows.length === 0) return fence(text);
  return joined(rows, "\n\n", (row: TableRow) =>
    joined([...row.children.entries()], "\n", ([at, cell]) => {
      const name = flattened(head.children[at]?.children ?? []).trim();
      const said = flattened(cell.children).trim() !== "";
      return name === "" || !said ? inline(cell.children).trim() : record(name, cell.children);
    }),
  );
}

function record(name: string, value: readonly Inline[]): string {
  const strong: Inline = { type: "strong", children: [{ type: "text", value: name }] };
  return inline([strong, { type: "text", value: ": " }, ...value]);
}

function inline(children: readonly Inline[], marks: readonly Mark[] = []): string {
  const lines: Stretch[][] = [[]];
  collect(runsOf(children, marks), lines, false);
  return lines.map(writeLine).join("\n");
}

/** Marks never cross lines, so every line stands for itself. A spoiler has no mark: a word says it. */
function collect(runs: readonly Run[], lines: Stretch[][], spoiler: boolean): void {
  let hidden = spoiler;
  const add = (marks: readonly Mark[], text: string, token = false): void => {
    if (text !== "") lines.at(-1)?.push({ marks, text, token });
  };
  for (const { marks: all, node } of runs) {
    const spoils = all.includes("spoiler");
    const marks = spoils ? all.filter((mark) => mark !== "spoiler") : all;
    if (spoils && !hidden) add(all.slice(0, all.indexOf("spoiler")), "(spoiler) ");
    hidden = spoils;
    switch (node.type) {
      case "text":
        for (const [at, line] of cleanText(node.value)
          .split(/\r\n?|\n/)
          .entries()) {
          if (at > 0) lines.push([]);
          add(marks, line);
        }
        break;
      case "inlineCode": {
        // Code cannot hold a backtick; the letter that looks like one can be read.
        const code = oneLine(node.value).replaceAll("`", "\u02cb");
        if (code.trim() === "") add(marks, code);
        else add(marks, `\`${code}\``, true);
        break;
      }
      case "link": {
        const label = flattened(node.children);
        const form = linkForm(node.url, label, linkSchemes);
        // What reads as its own address is said once.
        const both = form.form === "link" && address(form.url) !== label.trim();
        if (both || form.form === "label") collect(runsOf(node.children, all), lines, hidden);
        if (both) add(marks, " (");
        if (form.form !== "label") add(marks, address(form.url), true);
        if (both) add(marks, ")");
        break;
      }
      case "image": {
        const form = linkForm(node.url, node.alt ?? "", linkSchemes);
        if (form.form === "label") add(marks, oneLine(node.alt || node.url));
        if (form.form === "link") add(marks, `${oneLine(node.alt ?? "")}: `);
        if (form.form !== "label") add(marks, address(form.url), true);
        break;
      }
      case "mention":
        add(marks, oneLine(mentionText(node)));
        break;
      case "emoji":
        add(marks, oneLine(node.value ?? `:${node.name}:`));
    }
  }
}

/** What a reader is shown of an address: schemes of mail and telephones say nothing. Its characters are left as they are. */
function address(url: string): string {
  return oneLine(url)
    .replace(/^(?:mailto|tel):/i, "")
    .replaceAll("`", "%60")
    .replaceAll(" ", "%20");
}

function oneLine(text: string): string {
  return cleanText(text)
    .split(/[\r\n]+/)
    .map((line, at) => (at === 0 ? line : line.trim()))
    .join(" ");
}

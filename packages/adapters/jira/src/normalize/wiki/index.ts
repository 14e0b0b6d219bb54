import type { Block, Content, Inline } from "@devflow/gateway/contract";
import { cleanText, details } from "@devflow/gateway/kit";
import { alerts, type AlertKind } from "../../wire/alert.ts";
import type { ReadContext } from "../adf/node.ts";
import { alertQuote } from "../alert.ts";
import { readInline, settled } from "./inline.ts";
import { listLine, newLists, type Lists } from "./list.ts";
import { bareLine, plain } from "./literal.ts";
import { linesOf, partsOf, type Part } from "./macro.ts";
import { tableBlock } from "./table.ts";

/**
 * Jira's wiki markup as content. Total: whatever is no markup is text, and it throws nothing; the time is linear in the
 * length. Lost are colours and the sizes of images.
 */
export function fromWiki(text: string, context: ReadContext = {}): Content {
  return blocksOf(partsOf(cleanText(text).replace(/\r\n?/g, "\n")), context);
}

function blocksOf(parts: readonly Part[], context: ReadContext): Block[] {
  const reader = new Reader(context);
  for (const line of linesOf(parts, (part) => blockOf(part, context))) {
    if (typeof line === "string") reader.line(line);
    else reader.block(line.block);
  }
  return reader.finish();
}

function blockOf(part: Exclude<Part, { type: "text" }>, context: ReadContext): Block {
  if (part.type === "code") return part.block;
  const children = blocksOf(part.parts, context);
  if (part.type === "quote") return { type: "blockquote", children };
  const values = new Map(part.parameters.split("|").map((one) => [keyOf(one), one.slice(one.indexOf("=") + 1).trim()]));
  const title = plain(values.get("title") ?? "");
  const kind = (Object.keys(alerts) as AlertKind[]).find(
    (one) => alerts[one].title === title && alerts[one].color === values.get("bgcolor")?.toLowerCase(),
  );
  if (kind !== undefined) return alertQuote(kind, children);
  return details(title === "" ? [] : [{ type: "text", value: title }], children);
}

function keyOf(parameter: string): string {
  return parameter
    .slice(0, Math.max(0, parameter.indexOf("=")))
    .trim()
    .toLowerCase();
}

const heading = /^\s*h([1-6])\.\s(.*)$/is;
const quoted = /^\s*bq\.\s(.*)$/is;
const rule = /^\s*-{4,}\s*$/;

/** Reads line after line, and knows in what it is. */
class Reader {
  readonly #blocks: Block[] = [];
  readonly #context: ReadContext;
  #lines: string[] = [];
  /** Rows of a table, each with the lines it goes over. */
  #rows: string[][] = [];
  #list: Lists | undefined;

  constructor(context: ReadContext) {
    this.#context = context;
  }

  line(line: string): void {
    const [, depth, title = ""] = heading.exec(line) ?? [];
    const [, quote] = quoted.exec(line) ?? [];
    const item = listLine(line);
    if (line.trim() === "") this.#flush();
    else if (this.#rows.length > 0 && !/^\s*\|/.test(line) && this.#rows.at(-1)?.at(-1)?.trimEnd().endsWith("|") === false) {
      this.#rows.at(-1)?.push(line);
    } else if (depth !== undefined)
      this.#push({ type: "heading", depth: Number(depth) as 1, children: this.#inline(title.trim()) });
    else if (quote !== undefined) {
      this.#push({ type: "blockquote", children: [{ type: "paragraph", children: this.#inline(quote.trim()) }] });
    } else if (rule.test(line)) this.#push({ type: "thematicBreak" });
    else if (/^\s*\|/.test(line)) {
      if (this.#rows.length === 0) this.#flush();
      this.#rows.push([line]);
    } else if (item !== undefined) {
      if (this.#list === undefined) this.#flush();
      this.#list ??= newLists();
      this.#list.add(item.levels, item.text);
    } else if (this.#list !== undefined) this.#list.attach(line);
    else {
      if (this.#rows.length > 0) this.#flush();
      this.#lines.push(line);
    }
  }

  block(block: Block): void {
    if (this.#list === undefined) this.#push(block);
    else this.#list.attach({ block });
  }

  finish(): Block[] {
    this.#flush();
    return this.#blocks;
  }

  #push(block: Block): void {
    this.#flush();
    this.#blocks.push(block);
  }

  #flush(): void {
    if (this.#lines.length > 0) {
      const children = this.#inline(this.#lines.map((line) => line.trim()).join("\n"));
      if (children.length > 0) this.#blocks.push({ type: "paragraph", children });
    }
    if (this.#rows.length > 0) {
      const rows = this.#rows.map((lines) => lines.join("\n"));
      this.#blocks.push(tableBlock(rows, this.#context, (text) => this.#inline(text)));
    }
    if (this.#list !== undefined) this.#blocks.push(...this.#list.finish((text) => this.#inline(text)));
    this.#lines = [];
    this.#rows = [];
    this.#list = undefined;
  }

  /** Lines of text, each on its own: no mark crosses a line's end. What kept a line from being a block is gone. */
  #inline(text: string): Inline[] {
    const found = text.split("\n").map((line) => readInline(bareLine(line), this.#context));
    return settled(found.flatMap((line, i): Inline[] => (i === 0 ? line : [{ type: "text", value: "\n" }, ...line])));
  }
}

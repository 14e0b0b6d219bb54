import type { Token, Tokens } from "marked";
import type { Block, Inline, List, ListItem, Paragraph, Table, TableRow } from "../../contract/index.ts";
import { foldDetails } from "./details.ts";
import { parseInline } from "./inline.ts";
import { lexBlocks } from "./lexer.ts";
import type { Scope } from "./scope.ts";

/** The blocks of a Markdown text. */
export function parseBlocks(text: string, scope: Scope = { options: {} }): Block[] {
  const tokens = lexBlocks(text);
  const { links } = tokens;
  return blocks(tokens, Object.keys(links).length === 0 ? scope : { ...scope, references: links });
}

function blocks(tokens: readonly Token[], scope: Scope): Block[] {
  const found = tokens.flatMap((token) => block(token as Tokens.Generic, scope));
  return scope.options.html ? foldDetails(found) : found;
}

function block(token: Token, scope: Scope): Block[] {
  switch (token.type) {
    case "space":
    case "def":
    case "checkbox":
      return [];
    case "heading":
      return [
        {
          type: "heading",
          depth: (token as Tokens.Heading).depth as 1,
          children: trimmed(parseInline((token as Tokens.Heading).text, scope)),
        },
      ];
    case "code":
      return [code(token as Tokens.Code)];
    case "hr":
      return [{ type: "thematicBreak" }];
    case "blockquote":
      return [{ type: "blockquote", children: blocks((token as Tokens.Blockquote).tokens, scope) }];
    case "list":
      return [list(token as Tokens.List, scope)];
    case "table":
      return [table(token as Tokens.Table, scope)];
    default:
      return paragraph(parseInline((token as Tokens.Text).text, scope, true));
  }
}

function paragraph(children: readonly Inline[]): Paragraph[] {
  const blank = children.every((child) => child.type === "text" && child.value.trim() === "");
  return blank ? [] : [{ type: "paragraph", children: trimmed(children) }];
}

/** Without the spaces and line feeds around it. */
function trimmed(children: readonly Inline[]): readonly Inline[] {
  const first = children[0];
  const last = children.at(-1);
  const before = first?.type === "text" && /^\s/.test(first.value);
  const after = last?.type === "text" && /\s$/.test(last.value);
  if (!before && !after) return children;
  return children
    .map((child, i) => {
      if (child.type !== "text") return child;
      let { value } = child;
      if (i === 0) value = value.trimStart();
      if (i === children.length - 1) value = value.trimEnd();
      return { ...child, value };
    })
    .filter((child) => child.type !== "text" || child.value !== "");
}

function code(token: Tokens.Code): Block {
  const [, lang, meta] = /^(\S*)\s*(.*)$/s.exec(token.lang ?? "") ?? [];
  return { type: "code", value: token.text.replace(/\n$/, ""), ...(lang ? { lang } : {}), ...(meta ? { meta } : {}) };
}

function list(token: Tokens.List, scope: Scope): List {
  return {
    type: "list",
    ordered: token.ordered,
    ...(token.ordered ? { start: Number(token.start) } : {}),
    ...(token.loose ? { spread: true } : {}),
    children: token.items.map((item) => listItem(item, scope)),
  };
}

function listItem(token: Tokens.ListItem, scope: Scope): ListItem {
  return {
    type: "listItem",
    ...(token.task ? { checked: token.checked === true } : {}),
    children: blocks(token.task ? withoutBox(token.tokens) : token.tokens, scope),
  };
}

/** In a loose list the text of a task begins with its box. */
function withoutBox(tokens: readonly Token[]): Token[] {
  const first = tokens.findIndex((token) => token.type === "text" || token.type === "paragraph");
  return tokens.map((token, i) =>
    i === first && "text" in token ? { ...token, text: token.text.replace(/^\[[ xX]\][ \t]+/, "") } : token,
  );
}

function table(token: Tokens.Table, scope: Scope): Table {
  const row = (cells: readonly Tokens.TableCell[]): TableRow => ({
    type: "tableRow",
    children: cells.map((cell) => ({ type: "tableCell", children: parseInline(cell.text, scope) })),
  });
  return { type: "table", align: token.align, children: [row(token.header), ...token.rows.map(row)] };
}

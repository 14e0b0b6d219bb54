import type { Block, Inline } from "@devflow/gateway/contract";
import { plainText } from "@devflow/gateway/kit";
import type { ReadContext } from "../adf/node.ts";
import { imageAt, signpostsOf } from "./link.ts";

interface Cell {
  readonly head: boolean;
  readonly text: string;
}

/** Rows of a table as a block; rows of one heading and one value each are fields. */
export function tableBlock(rows: readonly string[], context: ReadContext, read: (text: string) => Inline[]): Block {
  const cells = rows.map((row) => cellsOf(row, context));
  if (cells.every(([name, value, ...more]) => name?.head === true && value?.head === false && more.length === 0)) {
    const items = cells.map(([name, value]) => ({
      name: plainText([{ type: "paragraph", children: read(name?.text ?? "") }]),
      value: read(value?.text ?? ""),
    }));
    return { type: "fields", items };
  }
  return {
    type: "table",
    children: cells.map((row) => ({
      type: "tableRow",
      children: row.map(({ text }) => ({ type: "tableCell", children: read(text) })),
    })),
  };
}

/** The cells of a row. A pipe within a link, an image or code is a part of that. */
function cellsOf(row: string, context: ReadContext): Cell[] {
  const signs = signpostsOf(row);
  const cells: Cell[] = [];
  let start = -1;
  let head = false;
  let code = true;
  for (let at = row.indexOf("|"); at < row.length; at++) {
    const char = row[at];
    if (char === "\\") at++;
    else if (char === "|") {
      if (start >= 0) cells.push({ head, text: row.slice(start, at).trim() });
      head = row[at + 1] === "|";
      if (head) at++;
      start = at + 1;
    } else if (char === "[") {
      const close = signs.next("]", at + 1);
      const inner = signs.next("[", at + 1);
      if (close > 0 && (inner < 0 || inner > close)) at = close;
    } else if (char === "!") at = (imageAt(row, at, signs, context)?.end ?? at + 1) - 1;
    else if (char === "{" && row[at + 1] === "{" && code) {
      const close = row.indexOf("}}", at + 2);
      code = close > 0;
      if (code) at = close + 1;
    }
  }
  const rest = start < 0 ? "" : row.slice(start).trim();
  return rest === "" ? cells : [...cells, { head, text: rest }];
}

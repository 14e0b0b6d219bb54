import type { Block, Inline, TableCell, TableRow } from "@devflow/gateway/contract";
import { plainText } from "@devflow/gateway/kit";
import { attr, contentOf, typeOf } from "./node.ts";

/** Columns that a table may have; wider ones come from no hand. */
const maxColumns = 100;

/**
 * A table. A cell over several rows or columns stands in the first of them, the others are empty. Rows of one heading and
 * one value each are fields.
 */
export function tableOf(node: unknown, read: (cell: unknown) => readonly Block[]): Block[] {
  const rows = contentOf(node).filter((row) => typeOf(row) === "tableRow");
  const others = contentOf(node).filter((row) => typeOf(row) !== "tableRow");
  const below: Block[] = others.flatMap((row) => read({ content: [row] }));
  if (rows.length === 0) return below;
  if (rows.every(isField)) {
    const items = rows.map((row) => {
      const [name, value] = contentOf(row);
      return { name: plainText(read(name)), value: lineOf(read(value)) };
    });
    return [{ type: "fields", items }, ...below];
  }
  return [{ type: "table", children: grid(rows, read) }, ...below];
}

function isField(row: unknown): boolean {
  const [name, value, ...more] = contentOf(row);
  return typeOf(name) === "tableHeader" && typeOf(value) === "tableCell" && more.length === 0;
}

function grid(rows: readonly unknown[], read: (cell: unknown) => readonly Block[]): TableRow[] {
  /** Rows that a cell above still reaches into, by column. */
  const reach: number[] = [];
  return rows.map((row): TableRow => {
    const cells: TableCell[] = [];
    const skip = (): void => {
      while ((reach[cells.length] ?? 0) > 0 && cells.length < maxColumns) {
        reach[cells.length] = (reach[cells.length] ?? 0) - 1;
        cells.push({ type: "tableCell", children: [] });
      }
    };
    for (const cell of contentOf(row)) {
      skip();
      const [wide, high] = [span(cell, "colspan"), span(cell, "rowspan")];
      for (let i = 0; i < wide; i++) {
        reach[cells.length] = high - 1;
        cells.push({ type: "tableCell", children: i === 0 ? lineOf(read(cell)) : [] });
      }
    }
    skip();
    return { type: "tableRow", children: cells };
  });
}

function span(cell: unknown, name: string): number {
  const value = Math.trunc(Number(attr(cell, name) ?? 1));
  return value >= 1 && value <= maxColumns ? value : 1;
}

/** The blocks of a cell as one line: paragraphs with breaks between, all else as its words. */
function lineOf(blocks: readonly Block[]): Inline[] {
  const out: Inline[] = [];
  for (const block of blocks) {
    const said: readonly Inline[] =
      block.type === "paragraph"
        ? block.children
        : block.type === "code"
          ? [{ type: "inlineCode", value: block.value }]
          : [{ type: "text", value: plainText([block]) }];
    if (said.length > 0) out.push(...(out.length === 0 ? [] : [{ type: "text", value: "\n" } as const]), ...said);
  }
  return out;
}

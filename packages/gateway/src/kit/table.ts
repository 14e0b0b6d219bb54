import type { Table, TableRow } from "../contract/index.ts";
import { displayWidth } from "./graphemes.ts";
import { flattened } from "./inline.ts";

type Align = "left" | "right" | "center" | null;

/** A table as lines of text for a fixed-width font: columns padded to the width they have on screen, alignment kept. */
export function tableText(table: Table): string {
  const rows = table.children.map(cells);
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(3, widths[column] ?? 0, cell.width);
  const lines = rows.map((row) =>
    widths
      .map((width, i) => pad(row[i] ?? empty, width, table.align?.[i]))
      .join(" | ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("-|-");
  return [...lines.slice(0, 1), rule, ...lines.slice(1)].join("\n");
}

interface Cell {
  readonly text: string;
  readonly width: number;
}

const empty: Cell = { text: "", width: 0 };

function cells(row: TableRow): Cell[] {
  return row.children.map((cell) => {
    const text = flattened(cell.children).replace(/\s+/g, " ").trim();
    return { text, width: displayWidth(text) };
  });
}

function pad({ text, width }: Cell, to: number, align: Align | undefined): string {
  const space = to - width;
  const left = align === "right" ? space : align === "center" ? space >> 1 : 0;
  return " ".repeat(left) + text + " ".repeat(space - left);
}

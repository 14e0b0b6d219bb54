import type { Table, TableRow } from "../contract/index.ts";
import { displayWidth } from "./graphemes.ts";
import { flattened } from "./text.ts";

type Align = "left" | "right" | "center" | null;

/** A table as lines of text for a fixed-width font: columns padded to the width they have on screen, alignment kept. */
export function tableText(table: Table): string {
  const rows = table.children.map(cells);
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(3, ...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  const aligns = widths.map((_, column) => table.align?.[column] ?? null);
  const lines = rows.map((row) =>
    widths
      .map((width, i) => pad(row[i] ?? "", width, aligns[i] ?? null))
      .join(" | ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("-|-");
  return [...lines.slice(0, 1), rule, ...lines.slice(1)].join("\n");
}

function cells(row: TableRow): string[] {
  return row.children.map((cell) => flattened(cell.children).replace(/\s+/g, " ").trim());
}

function pad(text: string, width: number, align: Align): string {
  const space = width - displayWidth(text);
  const left = align === "right" ? space : align === "center" ? space >> 1 : 0;
  return " ".repeat(left) + text + " ".repeat(space - left);
}

/** A fenced code block. */
export interface CodeBlock {
  /** First word of the info string. */
  readonly language: string;
  /** The rest of it. */
  readonly meta: string;
  readonly code: string;
  /** Line of the fence, counted from one. */
  readonly line: number;
}

/** Fenced code blocks of a Markdown text. */
export function codeBlocks(text: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { fence: string; language: string; meta: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^(`{3,})\s*(\S*)\s*(.*)$/.exec(line);
    if (open && fence?.[1] === open.fence && fence[2] === "") {
      blocks.push({ language: open.language, meta: open.meta, code: open.lines.join("\n"), line: open.line });
      open = undefined;
    } else if (open) open.lines.push(line);
    else if (fence) open = { fence: fence[1] ?? "", language: fence[2] ?? "", meta: fence[3] ?? "", line: index + 1, lines: [] };
  }
  return blocks;
}

/** A text without its fenced code blocks and inline code. */
export function withoutCode(text: string): string {
  return text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1\s*$/gm, "").replace(/`[^`\n]*`/g, "");
}

/** What stands between `<!-- generated:<name> -->` and `<!-- /generated -->`, with the markers. */
export function generatedBlocks(
  text: string,
): readonly { readonly name: string; readonly whole: string; readonly inside: string }[] {
  const pattern = /<!-- generated:([a-z-]+(?: [^>]*?)?) -->\n([\s\S]*?)<!-- \/generated -->/g;
  return [...text.matchAll(pattern)].map(([whole, name = "", inside = ""]) => ({ name, whole, inside }));
}

/** Rows of the first table below a heading; cells without their spaces. */
export function tableBelow(text: string, heading: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith("#") && line.replace(/^#+\s*/, "") === heading);
  if (from < 0) return [];
  const start = lines.findIndex((line, index) => index > from && line.startsWith("|"));
  if (start < 0) return [];
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  return lines
    .slice(start, end < 0 ? undefined : end)
    .filter((line) => !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf("|"))
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block, Content, Inline } from "../../src/contract/index.ts";
import { graphemes, parseMarkdown, plainText, printMarkdown, splitContent } from "../../src/kit/index.ts";
import { content, text } from "../support/content.ts";

const length = (part: Content): number => plainText(part).length;
const printed = (part: Content): number => printMarkdown(part).length;
const split = (markdown: string, limit: number, measure = length): string[] =>
  splitContent(parseMarkdown(markdown), limit, measure).map(plainText);

/** Every character that is said, in order, without white space and without what a renderer adds. */
function said(nodes: readonly (Block | Inline)[]): string {
  let out = "";
  JSON.stringify(nodes, (key, value: unknown) => {
    if ((key === "value" || key === "alt" || (key === "name" && typeof value === "string")) && typeof value === "string")
      out += value;
    return value;
  });
  return out.replace(/\s/g, "");
}

const withoutTables = content.filter((tree) => !JSON.stringify(tree).includes('"table"'));

describe("splitContent", () => {
  it.each([
    ["prefers the end of a paragraph", "para one\n\npara two\n\npara three", 20, ["para one\n\npara two", "para three"]],
    ["then the end of a line", "line one\nline two\nline three", 20, ["line one\nline two", "line three"]],
    ["then a space, then a grapheme", "alpha beta gamma 👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 20, ["alpha beta gamma", "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"]],
    ["keeps surrogates together", "😀😀😀😀😀", 5, ["😀😀", "😀😀", "😀"]],
    ["goes on counting", "3. aaa bbb\n4. ccc ddd\n5. eee fff", 23, ["3. aaa bbb\n4. ccc ddd", "5. eee fff"]],
    ["keeps a heading with what follows", "aaaa\n\n# bbbb\n\ncccc", 12, ["aaaa", "bbbb\n\ncccc"]],
    [
      "fills a part when the next block fits nowhere",
      "intro\n\n- aaaa\n- bbbb\n- cccc\n- dddd",
      24,
      ["intro\n\n- aaaa\n- bbbb", "- cccc\n- dddd"],
    ],
    ["keeps links whole", "aaaa bbbb [cc dd ee](https://e.com) ff", 14, ["aaaa bbbb", "cc dd ee ff"]],
    ["keeps the indentation of code", "```\nif a:\n    b()\n    c()\n```", 16, ["if a:\n    b()", "    c()"]],
    ["makes nothing of nothing", "  \n\n ", 10, []],
  ])("%s", (_title, markdown, limit, expected) => {
    expect(split(markdown, limit)).toEqual(expected);
  });

  it("goes on in the same code, list and marks", () => {
    const parts = splitContent(parseMarkdown("```js\nline one\nline two\n```\n\n**aaaa bbbb cccc**"), 12, length);
    expect(parts).toEqual([
      [{ type: "code", lang: "js", value: "line one" }],
      [{ type: "code", lang: "js", value: "line two" }],
      [{ type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: "aaaa bbbb" }] }] }],
      [{ type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: "cccc" }] }] }],
    ]);
  });

  it("keeps a link whole that fits, though a piece of it with the address beside it would not", () => {
    const link = (url: string): Inline => ({ type: "link", url, children: [{ type: "text", value: url }] });
    const paragraph = (...children: readonly Inline[]): Content => [{ type: "paragraph", children }];
    const [one, other] = [link("https://e.com/abcdefghij"), link("https://e.com/klmnopqrst")];
    // As where there are no labels: the address alone if the label says it, else both.
    const shown = (part: Content): number =>
      part
        .flatMap((block) => (block.type === "paragraph" ? block.children : []))
        .map((node) => [plainText(paragraph(node)), node.type === "link" ? node.url : ""] as const)
        .reduce((sum, [label, url]) => sum + label.length + (label === url ? 0 : url.length + 3), 0);
    expect(splitContent(paragraph(one, other), 30, shown)).toEqual([paragraph(one), paragraph(other)]);
  });

  it("makes no part of what measures nothing", () => {
    const visible = (part: Content): number => length(part) - (plainText(part).match(/\u200d/g)?.length ?? 0);
    expect(splitContent(parseMarkdown("\u200d`aaaa bbbb`"), 8, visible).map(plainText)).toEqual(["aaaa bbb", "b"]);
  });

  it("leaves the space at the end where the text would be longer without it", () => {
    const tree = ["bbbbbbb", "***| "].map((value): Block => ({ type: "paragraph", children: [{ type: "text", value }] }));
    expect(splitContent(tree, 7, printed).map((part) => printMarkdown(part))).toEqual(["bbbbbbb", "\\*\\*\\*|"]);
  });

  it("gives a native table its head again", () => {
    const parts = splitContent(parseMarkdown("|k|v|\n|-|-|\n|aa|bb|\n|cc|dd|\n|ee|ff|"), 32, length);
    expect(parts.map(plainText)).toEqual(["aa  | bb", "cc  | dd", "ee  | ff"].map((row) => `k   | v\n----|----\n${row}`));
  });

  it("does not print a marker for the rest of an item", () => {
    const parts = splitContent(parseMarkdown("1. aaaa bbbb cccc\n   - dd\n2. ee"), 14, length);
    expect(parts.map(plainText)).toEqual(["1. aaaa bbbb", "cccc", "   - dd\n2. ee"]);
  });

  it("leaves actions at the end of the last part", () => {
    const actions: Block = { type: "actions", items: [{ kind: "button", id: "a", label: "Go" }] };
    expect(splitContent([...parseMarkdown("aaaa bbbb"), actions], 5, length).map((part) => part.at(-1)?.type)).toEqual([
      "paragraph",
      "actions",
    ]);
    expect(splitContent([actions], 5, length)).toEqual([[actions]]);
  });

  it.each([
    ["text", length],
    ["Markdown", printed],
  ])("loses nothing, keeps the limit, and leaves no part empty (measured as %s)", (_unit, measure) => {
    fc.assert(
      fc.property(withoutTables, fc.integer({ min: 60, max: 120 }), (tree, limit) => {
        const parts = splitContent(tree, limit, measure);
        expect(said(parts.flat())).toBe(said(tree));
        for (const part of parts) {
          expect(measure(part)).toBeGreaterThan(0);
          expect(measure(part)).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("ends, and loses nothing, even where not a character fits", () => {
    const within = (needle: string, hay: string): boolean => {
      let at = 0;
      for (const char of hay) if (char === needle.charAt(at)) at++;
      return at === needle.length;
    };
    fc.assert(
      fc.property(content, fc.integer({ min: -1, max: 20 }), (tree, limit) => {
        const parts = splitContent(tree, limit, printed);
        expect(within(said(tree).replace(/[^\w]/g, ""), said(parts.flat()))).toBe(true);
      }),
    );
  });

  it("cuts between graphemes wherever one fits", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 12, max: 40 }), (source, limit) => {
        const value = source.toWellFormed().replace(/\s/g, "");
        const tree: Content = [{ type: "paragraph", children: [{ type: "text", value }] }];
        const whole = new Set(graphemes(value));
        for (const part of splitContent(tree, limit, length)) {
          for (const grapheme of graphemes(said(part))) expect(whole.has(grapheme) || grapheme.length > 4).toBe(true);
        }
      }),
    );
  });

  it("divides a grapheme longer than the limit between code points", () => {
    const monster = `a${"\u0301".repeat(65_535)}`;
    const parts = split(monster, 4000);
    expect(parts.join("")).toBe(monster);
    expect(parts.every((part) => part.length <= 4000)).toBe(true);
  });

  it.each([
    ["words", "lorem ipsum dolor ".repeat(58_000)],
    ["one word", "x".repeat(1_000_000)],
    ["a list", "- item number one\n".repeat(58_000)],
    ["marks", "**a** _b_ ".repeat(100_000)],
    ["code", `\`\`\`\n${"line of code\n".repeat(80_000)}\`\`\``],
    ["emoji", "👨‍👩‍👧‍👦".repeat(90_000)],
  ])("divides a megabyte of %s in a moment", (_kind, source) => {
    const tree = parseMarkdown(source);
    const before = process.cpuUsage();
    const parts = splitContent(tree, 4000, length);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(3000);
    expect(parts.length).toBeLessThan(400);
    expect(said(parts.flat()).length).toBe(said(tree).length);
  });
});

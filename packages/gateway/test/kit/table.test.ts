import { describe, expect, it } from "vitest";
import { displayWidth, parseMarkdown, tableText } from "../../src/kit/index.ts";

const render = (markdown: string): string => {
  const [block] = parseMarkdown(markdown);
  return block?.type === "table" ? tableText(block) : "";
};

describe("tableText", () => {
  it.each([
    ["| Name | Qty |\n|:-----|----:|\n| Apple | 3 |\n| 梨 | 12 |", "Name  | Qty\n------|----\nApple |   3\n梨    |  12"],
    ["| a | b |\n|---|:-:|\n| 1 | wide |\n| 2 | x |", "a   |  b\n----|-----\n1   | wide\n2   |  x"],
    ["| a |\n|---|\n| 👨‍👩‍👧‍👦 |\n| 🇺🇳🇺🇳 |", "a\n----\n👨‍👩‍👧‍👦\n🇺🇳🇺🇳"],
    ["| a | b |\n|---|---|\n| x |", "a   | b\n----|----\nx   |"],
    ["| a |\n|---|\n| x<br>**y** |", "a\n---\nx y"],
  ])("pads %j", (markdown, expected) => {
    expect(render(markdown)).toBe(expected);
  });

  it("has no rows to show of an empty table", () => {
    expect(tableText({ type: "table", children: [] })).toBe("");
  });
});

describe("displayWidth", () => {
  it.each([
    ["", 0],
    ["abc é", 5],
    ["e\u0301", 1],
    ["梨", 2],
    ["👨‍👩‍👧‍👦", 2],
    ["☑️", 2],
    ["☑", 1],
    ["🇺🇳", 2],
    ["\u200b", 0],
    ["مرحبا", 5],
    ["한글", 4],
  ])("counts the cells of %j", (text, cells) => {
    expect(displayWidth(text)).toBe(cells);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block, Content, Inline, ListItem } from "../../../src/contract/index.ts";
import { details, extra, mapInlines, parseMarkdown, printMarkdown } from "../../../src/kit/index.ts";
import { content, inlineForm } from "../../support/content.ts";

/** A tree reduced to what Markdown can say of it. */
function form(blocks: Content): unknown[] {
  return blocks.map(blockForm).filter((block) => block !== undefined);
}

function blockForm(block: Block): unknown {
  switch (block.type) {
    case "paragraph": {
      const said = inlineForm(block.children);
      return said === "" ? undefined : { type: "paragraph", said };
    }
    case "heading":
      return { type: "heading", depth: block.depth, said: inlineForm(block.children) };
    case "code":
      return { type: "code", lang: block.lang ?? null, value: block.value.replace(/^[^\S\n]+$/gm, "") };
    case "blockquote": {
      const inner = form(block.children);
      return inner.length === 0 ? undefined : { type: "blockquote", inner };
    }
    case "list":
      return {
        type: "list",
        ordered: block.ordered,
        start: block.ordered ? block.start : 0,
        items: block.children.map((item) => form(item.children)),
      };
    case "table":
      return {
        type: "table",
        align: block.align,
        rows: block.children.map((row) => row.children.map((cell) => inlineForm(cell.children))),
      };
    default:
      return block;
  }
}

/** Control characters are not in what forges show. */
function shownIn(tree: Content): Content {
  const clean = (text: string): string => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "");
  return mapInlines(tree, (node) => ["value" in node ? { ...node, value: clean(node.value ?? "") } : node]);
}

const said = (value: string): Inline => ({ type: "text", value });
const bold = (value: string): Inline => ({ type: "strong", children: [said(value)] });
const line = (children: readonly Inline[]): Block => ({ type: "paragraph", children });
const list = (children: ListItem["children"]): Block => ({ type: "list", children: [{ type: "listItem", children }] });

describe("printMarkdown", () => {
  it("writes any tree so that it is read as an equal one", () => {
    fc.assert(
      fc.property(content, (tree) => {
        expect(form(parseMarkdown(printMarkdown(tree)))).toEqual(form(tree));
      }),
      { numRuns: 300 },
    );
  });

  it("does so as well the way that forges write", () => {
    fc.assert(
      fc.property(content, (tree) => {
        const shown = shownIn(tree);
        expect(form(parseMarkdown(printMarkdown(shown, { html: true }), { html: true }))).toEqual(form(shown));
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Content, string]>([
    ["marks that touch", [line([bold("a"), { type: "emphasis", children: [said("b")] }])], "**a**<!-- -->*b*"],
    [
      "extra marks",
      [line([extra("underline", [said("u")]), said(" x"), extra("superscript", [said("2")]), extra("subscript", [bold("i")])])],
      "<ins>u</ins> x<sup>2</sup><sub>**i**</sub>",
    ],
    [
      "what is folded",
      [details([said("A & <b> *c*")], [line([said("in")])]), { type: "thematicBreak" }],
      "<details>\n<summary>A &amp; &lt;b&gt; &#42;c&#42;</summary>\n\nin\n\n</details>\n\n---",
    ],
    ["a rule that begins an item", [list([{ type: "thematicBreak" }])], "- ___"],
  ])("writes %s, and reads it", (_what, tree, expected) => {
    expect(printMarkdown(tree, { html: true })).toBe(expected);
    expect(printMarkdown(parseMarkdown(expected, { html: true }), { html: true })).toBe(expected);
  });

  it("spells the letter before marks of which the first letter is spelled", () => {
    const code: Inline = { type: "strong", children: [{ type: "inlineCode", value: "c" }] };
    const tree = [line([said("a"), { type: "delete", children: [said("b"), code, said("d")] }])];
    const printed = printMarkdown(tree);
    expect(printed).toBe("&#97;~~&#98;**`c`**&#100;~~");
    expect(parseMarkdown(printed)).toEqual(tree);
  });

  it("spells out the end of a line where a line feed is a space", () => {
    const tree = parseMarkdown("a\nb");
    expect(printMarkdown(tree, { feed: "break" })).toBe("a\\\nb");
    expect(parseMarkdown("a\\\nb\nc  \nd", { feed: "space" })).toEqual([line([said("a\nb c\nd")])]);
  });

  it("hands out text that is escaped, and no code", () => {
    const tree = parseMarkdown("*see* \\#12 `#12` [#12](https://e.com/#12)");
    const escape = (text: string): string => text.replaceAll("#", "#&#8203;");
    expect(printMarkdown(tree, { escape })).toBe("_see_ #&#8203;12 `#12` [#&#8203;12](https://e.com/#12)");
  });
});

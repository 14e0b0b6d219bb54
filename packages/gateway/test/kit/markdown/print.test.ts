import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block, Content } from "../../../src/contract/index.ts";
import { parseMarkdown, printMarkdown } from "../../../src/kit/index.ts";
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

describe("printMarkdown", () => {
  it("writes any tree so that it is read as an equal one", () => {
    fc.assert(
      fc.property(content, (tree) => {
        expect(form(parseMarkdown(printMarkdown(tree)))).toEqual(form(tree));
      }),
      { numRuns: 300 },
    );
  });
});

import type { Content } from "@devflow/gateway/contract";
import { parseMarkdown, splitContent } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderText } from "../../src/format/text.ts";
import vectors from "../fixtures/format.json" with { type: "json" };
import { hostileText as text, processorMs as cost, textBombs as bombs } from "@devflow/conformance";

const measure = (part: Content): number => renderText(part).length;
const render = (markdown: string): string => renderText(parseMarkdown(markdown));
const letters = (said: string): string => said.replace(/[^a-z9é太です👍]/gu, "");
/** Places where WhatsApp would begin a style in text that has none. */
const starts = (line: string): readonly string[] =>
  Array.from(line.matchAll(/(?<![\p{L}\p{N}*_~`])(?:[*_~`]+)(?=[^\s\u200b*_~`])/gu), (match) => match[0]);

describe("renderText", () => {
  it.each(vectors.filter(({ expected }) => typeof expected === "string").map((vector) => [vector.id, vector] as const))(
    "%s",
    (_id, { markdown, expected }) => {
      expect(render(markdown)).toBe(expected);
    },
  );

  it.each(vectors.filter(({ expected }) => Array.isArray(expected)).map((vector) => [vector.id, vector] as const))(
    "%s",
    (_id, { markdown, expected, note }) => {
      const limit = Number(/limit=(\d+)/.exec(note)?.[1]);
      expect(splitContent(parseMarkdown(markdown), limit, measure).map(renderText)).toEqual(expected);
    },
  );

  it.each([
    ["**bold** and ***both***", "*bold* and _*both*_"],
    ["~~one\ntwo~~", "~one~\n~two~"],
    ["これは**太字**です", "これは\u200b*太字*\u200bです"],
    ["**a**_b_`c`", "*a*\u200b_b_\u200b`c`"],
    [
      "\\*not bold\\* \\_not it\\_ \\~no\\~ \\`no\\`",
      "*\u200bnot bold\u200b* _\u200bnot it\u200b_ ~\u200bno\u200b~ `\u200bno\u200b`",
    ],
    ["```ts\nconst a = 1;\n```", "```\nconst a = 1;\n```"],
    ["````\n```\ninner\n```\n````", "```\n``\u200b`\ninner\n``\u200b`\n```"],
    ["~~~\n`````\n~~~", "```\n``\u200b``\u200b`\n```"],
    ["- one\n  - two\n    - three\n- four", "- one\n    ◦ two\n        ◦ three\n- four"],
    ["> a\n> b\n>\n> > c", "> a\n> b\n> \n> c"],
    ["a\n\n---\n\nb", "a\n\n──────────\n\nb"],
    ["[x](javascript:alert(1)) [mail](mailto:a@b.co) c@d.co", "x mail (a@b.co) c@d.co"],
    ["**see [docs](https://e.com/a_b)**", "*see docs (https://e.com/a_b)*"],
    ["https://e.com/a_b[x](https://e.com/?a=b)\u007f", "https://e.com/a_b[x](https://e.com/?a=b)"],
    [
      "| Name | Qty |\n|:-----|----:|\n| Apple | 3 |\n| 梨 | 12 |",
      "```\nName  | Qty\n------|----\nApple |   3\n梨    |  12\n```",
    ],
    [
      "| Name | What it is good for |\n|-|-|\n| Hammer | putting *nails* into walls |\n| Saw | |",
      "*Name*: Hammer\n*What it is good for*: putting _nails_ into walls\n\n*Name*: Saw",
    ],
  ])("writes %j", (markdown, expected) => {
    expect(render(markdown)).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ["fields", [{ type: "fields", items: [{ name: "State", value: [{ type: "text", value: "up" }] }] }], "*State*: up"],
    ["an unknown block", [{ type: "html", value: "*x*" }], "*\u200bx\u200b*"],
    ["nothing known at all", [{ type: "toc" }], ""],
    ["a list item without text", [{ type: "list", children: [{ type: "listItem", children: [] }] }], "-"],
    [
      "what cannot be seen",
      [{ type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: " \u200b" }] }] }],
      "",
    ],
  ])("takes %s", (_what, content, expected) => {
    expect(renderText(content as Content)).toBe(expected);
  });

  it("makes nothing of any text but that text", () => {
    fc.assert(
      fc.property(text, (value) => {
        const out = renderText([{ type: "paragraph", children: [{ type: "text", value }] }]);
        for (const line of out.split("\n")) {
          expect(line).not.toMatch(/^\s*>/);
          expect(starts(line)).toEqual([]);
        }
        expect(letters(out)).toBe(letters(value));
      }),
      { numRuns: 2000 },
    );
  });

  it("loses no letter when it is split, keeps the limit, and closes what it opens", () => {
    const markdown = fc.array(text, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(" ").replaceAll("|", ""));
    fc.assert(
      fc.property(markdown, fc.integer({ min: 120, max: 240 }), (said, limit) => {
        const content = parseMarkdown(said);
        const parts = splitContent(content, limit, measure).map(renderText);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect((part.match(/```/g)?.length ?? 0) % 2).toBe(0);
          expect(part.isWellFormed()).toBe(true);
          expect(part).not.toMatch(/[\u202a-\u202e]/);
        }
        expect(letters(parts.join(""))).toBe(letters(renderText(content)));
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(bombs))("takes time in proportion to the text: %s", (_name, bomb) => {
    const [quarter, whole] = [parseMarkdown(bomb(25_600)), parseMarkdown(bomb(102_400))];
    // Four times the text is four times the work; the square would be sixteen.
    expect(cost(() => renderText(whole))).toBeLessThan(cost(() => renderText(quarter)) * 9 + 30);
  });
});

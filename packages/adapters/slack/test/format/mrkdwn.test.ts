import { parseMarkdown, splitContent } from "@devflow/gateway/kit";
import type { Content } from "@devflow/gateway/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderMrkdwn } from "../../src/format/mrkdwn.ts";
import vectors from "../fixtures/format.json" with { type: "json" };
import { readMrkdwn, styleStarts } from "../support/mrkdwn.ts";
import { hostileText as text, processorMs as cost, textBombs as bombs } from "@devflow/conformance";

const measure = (part: Content): number => renderMrkdwn(part).length;
const render = (markdown: string): string => renderMrkdwn(parseMarkdown(markdown));
const letters = (said: string): string => said.replace(/[^a-z9é太です👍]/gu, "");

describe("renderMrkdwn", () => {
  it.each(vectors.filter(({ expected }) => typeof expected === "string").map((vector) => [vector.id, vector] as const))(
    "%s",
    (_id, vector) => {
      expect(render(vector.markdown)).toBe(vector.expected);
    },
  );

  it.each(vectors.filter(({ expected }) => Array.isArray(expected)).map((vector) => [vector.id, vector] as const))(
    "%s",
    (_id, vector) => {
      const limit = Number(/limit=(\d+)/.exec(vector.note)?.[1]);
      expect(splitContent(parseMarkdown(vector.markdown), limit, measure).map((part) => renderMrkdwn(part))).toEqual(
        vector.expected,
      );
    },
  );

  it.each([
    ["~~gone~~ and ~~two\nlines~~", "~gone~ and ~two~\n~lines~"],
    ["**a\nb**", "*a*\n*b*"],
    ["``a`b``", "`aˋb`"],
    ["````\n```\ninner\n```\n````", "```\n``\u200b`\ninner\n``\u200b`\n```"],
    ["~~~\n`````\n~~~", "```\n``\u200b``\u200b`\n```"],
    ["#### Deep **bold** _and_ `code`", "*Deep bold _and_ `code`*"],
    ["- one\n  - two\n    - three\n      - four\n- five", "• one\n    ◦ two\n        ▪ three\n            ▪ four\n• five"],
    ["1. a\n\n   b\n2. c", "1. a\n\n   b\n\n2. c"],
    ["- a\n  ```\n  x\n  ```\n- b", "• a\n```\nx\n```\n• b"],
    ["> **q**\n>\n> - l", "> *q*\n> \n> • l"],
    [
      "Hi [Alice](mention:user:U0001) in [ops](mention:channel:C1) of [team](mention:group:S1)",
      "Hi <@U0001> in <#C1> of <!subteam^S1>",
    ],
    ["[@channel](mention:room) hello", "@channel hello"],
    ["[x](mention:user:U1>|<!channel)", "x"],
    ["[a|b>c](https://e.com/p|q)", "<https://e.com/p%7Cq|a¦b&gt;c>"],
    ["[**docs** _now_](https://e.com)", "<https://e.com|docs now>"],
    ["[**docs**](https://e.com)", "*<https://e.com|docs>*"],
    ["[click](javascript:alert(1)) **[me](data:x)**", "click *me*"],
    ["[mail](mailto:a@b.co) a@b.co [call](tel:+1555)", "<mailto:a@b.co|mail> <mailto:a@b.co|a@b.co> <tel:+1555|call>"],
    ["[https://e.com](https://e.com) ![](https://e.com/x.png)", "<https://e.com> <https://e.com/x.png>"],
    ["[x](<https://e.com/a b>)", "<https://e.com/a%20b|x>"],
    ["un**frigging**believable", "un\u200b*frigging*\u200bbelievable"],
    ["**a**_b_`c`", "*a*\u200b_b_\u200b`c`"],
    ["これは`コード`です", "これは\u200b`コード`\u200bです"],
    ["**a||b||**", "*a(spoiler) b*"],
    ["\\`\\`\\`x\\`\\`\\`", "``\u200b`\u200bx\u200b``\u200b`"],
    ["@everyone @here <!channel>", "@everyone @here &lt;!channel&gt;"],
    ["\\> a\n**\\> b**\n\\>>> c", "\u200b&gt; a\n*&gt; b*\n\u200b&gt;&gt;&gt; c"],
    ["مرحبا **بالعالم** (RTL)", "مرحبا *بالعالم* (RTL)"],
  ])("writes %j", (markdown, expected) => {
    expect(render(markdown)).toBe(expected);
  });

  it("lets a room be pinged only when the draft allows it", () => {
    const content = parseMarkdown("[all](mention:room) [h](mention:room:here) [x](mention:room:!x)");
    expect(renderMrkdwn(content)).toBe("all h x");
    expect(renderMrkdwn(content, { broadcast: true })).toBe("<!channel> <!here> <!channel>");
  });

  it.each<[string, unknown, string]>([
    ["a root", [{ type: "root", children: [{ type: "paragraph", children: [{ type: "text", value: "a" }] }] }], "a"],
    ["raw HTML", [{ type: "html", value: "<!channel>" }], "&lt;!channel&gt;"],
    [
      "an unknown inline node",
      [
        {
          type: "paragraph",
          children: [
            { type: "underline", children: [{ type: "text", value: "a" }] },
            { type: "math", value: "<b" },
          ],
        },
      ],
      "a&lt;b",
    ],
    ["nothing known at all", [{ type: "toc" }, { type: "footnote", children: [] }], ""],
    ["blank marks", [{ type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: " \u200b " }] }] }], ""],
    [
      "marks in marks",
      [
        {
          type: "paragraph",
          children: [{ type: "strong", children: [{ type: "strong", children: [{ type: "text", value: "a" }] }] }],
        },
      ],
      "*a*",
    ],
    ["a hostile emoji", [{ type: "paragraph", children: [{ type: "emoji", name: "x:<!channel>" }] }], ":x:&lt;!channel&gt;:"],
    ["a list item without text", [{ type: "list", children: [{ type: "listItem", children: [] }] }], "•"],
  ])("takes %s", (_what, content, expected) => {
    expect(renderMrkdwn(content as Content)).toBe(expected);
  });

  it("makes nothing of any text but that text", () => {
    fc.assert(
      fc.property(text, (value) => {
        const out = renderMrkdwn([{ type: "paragraph", children: [{ type: "text", value }] }]);
        const said = readMrkdwn(out);
        expect(said.tokens).toEqual([]);
        for (const line of out.split("\n")) {
          expect(line).not.toMatch(/^\s*(?:>|&gt;)/);
          expect(styleStarts(line)).toEqual([]);
        }
        expect(letters(said.text)).toBe(letters(value));
      }),
      { numRuns: 2000 },
    );
  });

  it("is well-formed whatever the Markdown", () => {
    fc.assert(
      fc.property(text, (markdown) => {
        for (const shown of readMrkdwn(render(markdown)).tokens) expect(shown).toMatch(/^(?:https?|mailto|tel):/);
      }),
      { numRuns: 2000 },
    );
  });

  it("loses no letter when it is split, and keeps the limit", () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(" ").replaceAll("|", "")),
        fc.integer({ min: 120, max: 240 }),
        (markdown, limit) => {
          const content = parseMarkdown(markdown);
          const parts = splitContent(content, limit, measure).map((part) => renderMrkdwn(part));
          for (const part of parts) expect(part.length).toBeLessThanOrEqual(limit);
          expect(parts).not.toContain("");
          expect(letters(parts.map((part) => readMrkdwn(part).text).join(""))).toBe(
            letters(readMrkdwn(renderMrkdwn(content)).text),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(bombs))("takes time in proportion to the text: %s", (_name, bomb) => {
    const [quarter, whole] = [parseMarkdown(bomb(25_600)), parseMarkdown(bomb(102_400))];
    // Four times the text is four times the work; the square would be sixteen.
    expect(cost(() => renderMrkdwn(whole))).toBeLessThan(cost(() => renderMrkdwn(quarter)) * 9 + 30);
  });
});

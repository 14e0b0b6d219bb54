import type { Content } from "@devflow/gateway/contract";
import { parseMarkdown, splitContent } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderBody } from "../../src/format/body.ts";
import { measure } from "../../src/format/content.ts";
import { renderHtml } from "../../src/format/html.ts";
import { formatter } from "../../src/format/index.ts";
import vectors from "../fixtures/format.json" with { type: "json" };
import { account, room } from "../support/events.ts";
import { strict } from "../support/html.ts";
import { hostileText as text, processorMs as cost, textBombs as bombs } from "@devflow/conformance";

const to = { platform: "matrix", account, room };
const letters = (said: string): string => said.replace(/[^a-z9é太です👍]/gu, "");
const sent = (markdown: string): unknown => {
  const body = formatter.format({ kind: "message.post", draft: { content: parseMarkdown(markdown), attachments: [] } }, to);
  return (body.events as readonly { content: unknown }[])[0]?.content;
};

describe("renderHtml", () => {
  // A tree does not know which of two spellings of emphasis was typed.
  const respelled = new Map([["matrix-italic-underscore", { body: "*it*" }]]);

  it.each(vectors.filter(({ expected }) => !Array.isArray(expected)).map((vector) => [vector.id, vector] as const))(
    "%s",
    (id, vector) => {
      expect(sent(vector.markdown)).toEqual({ ...vector.expected, ...respelled.get(id) });
    },
  );

  it.each([
    ["> a\n>\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"],
    ["a\n\nb", "<p>a</p><p>b</p>"],
    ["- [x] a\n\n  b", "<ul><li><p>☑ a</p><p>b</p></li></ul>"],
    ["[x](mention:channel:#ops:e.org) [y](mention:room)", '<a href="https://matrix.to/#/%23ops:e.org">x</a> y'],
    ["[me](https://matrix.to/#/@ada:e.org)", "me"],
    ["a@b.co", '<a href="mailto:a@b.co">a@b.co</a>'],
    ["[a `b` **c**](https://e.com)", '<a href="https://e.com">a <code>b</code> <strong>c</strong></a>'],
    ["`||`", "<code>||</code>"],
  ])("writes %j", (markdown, expected) => {
    expect(renderHtml(parseMarkdown(markdown))).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ["a hostile language", [{ type: "code", lang: 'js"><b>', value: "x" }], '<pre><code class="language-js">x\n</code></pre>'],
    [
      "a hostile user",
      [{ type: "paragraph", children: [{ type: "mention", target: "user", id: '@a":e"><b>', name: "A" }] }],
      '<a href="https://matrix.to/#/@a&quot;:e&quot;&gt;&lt;b&gt;">A</a>',
    ],
    ["raw HTML", [{ type: "html", value: "</b><script>" }], "<p>&lt;/b&gt;&lt;script&gt;</p>"],
    [
      "fields",
      [{ type: "fields", items: [{ name: "A<", value: [{ type: "text", value: "b" }] }] }],
      "<p><strong>A&lt;:</strong> b</p>",
    ],
  ])("takes %s", (_what, content, expected) => {
    expect(renderHtml(content as Content)).toBe(expected);
    strict(expected);
  });

  it("makes nothing of any text but that text", () => {
    fc.assert(
      fc.property(text, (value) => {
        const said = strict(renderHtml([{ type: "paragraph", children: [{ type: "text", value }] }]));
        expect(said.tags.filter((tag) => tag !== "br")).toEqual([]);
        expect(letters(said.text)).toBe(letters(value));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps within the allowed tags whatever the Markdown", () => {
    fc.assert(
      fc.property(text, (markdown) => {
        strict(renderHtml(parseMarkdown(markdown)));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps within 100 levels however deep the content is, and keeps its words", () => {
    const deep = Array.from({ length: 300 }).reduce<Content>(
      (children) => [{ type: "blockquote", children }],
      parseMarkdown("**word**"),
    );
    expect(strict(renderHtml(deep)).text).toContain("word");
    expect(strict(renderHtml(parseMarkdown("- ".repeat(200) + "word"))).text).toContain("word");
  });

  it("loses no letter when it is split, and keeps the limit", () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(" ")),
        fc.integer({ min: 400, max: 800 }),
        (markdown, limit) => {
          const content = parseMarkdown(markdown);
          const parts = splitContent(content, limit, measure);
          for (const part of parts) expect(measure(part)).toBeLessThanOrEqual(limit);
          const said = parts.map((part) => strict(renderHtml(part)).text).join("");
          expect(letters(said)).toBe(letters(strict(renderHtml(content)).text));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(Object.entries(bombs))("takes time in proportion to the text: %s", (_name, bomb) => {
    const [quarter, whole] = [parseMarkdown(bomb(25_600)), parseMarkdown(bomb(102_400))];
    expect(cost(() => measure(whole))).toBeLessThan(cost(() => measure(quarter)) * 9 + 30);
  });
});

describe("renderBody", () => {
  it.each([
    ["1. a\n2. b\n   - c", "1. a\n2. b\n   - c"],
    ["> a\n> b", "> a\n> b"],
    ["`` a`b ``", "``a`b``"],
    ["[x](javascript:y) <https://e.com>", "x https://e.com"],
    ["||a||", "[Spoiler]"],
  ])("writes %j as a person would type it", (markdown, expected) => {
    expect(renderBody(parseMarkdown(markdown))).toBe(expected);
  });

  it("never says what a spoiler hides", () => {
    const content: Content = [
      {
        type: "paragraph",
        children: [{ type: "strong", children: [{ type: "spoiler", children: [{ type: "text", value: "secret" }] }] }],
      },
    ];
    expect(renderBody(content)).toBe("**[Spoiler]**");
  });
});

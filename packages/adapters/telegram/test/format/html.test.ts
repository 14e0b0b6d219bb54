import type { Content } from "@devflow/gateway/contract";
import { parseMarkdown, splitContent } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measureHtml, renderHtml } from "../../src/format/html.ts";
import vectors from "../fixtures/format.json" with { type: "json" };
import { readHtml } from "../support/html.ts";
import { hostileText as text, processorMs as cost, textBombs as bombs } from "@devflow/conformance";

const render = (markdown: string): string => renderHtml(parseMarkdown(markdown));
const letters = (said: string): string => said.replace(/[^a-z9é太です👍]/gu, "");

describe("renderHtml", () => {
  it.each(vectors.filter(({ expected }) => typeof expected === "string").map((vector) => [vector.id, vector] as const))(
    "%s",
    (_id, vector) => {
      expect(render(vector.markdown)).toBe(vector.expected);
      expect(() => readHtml(render(vector.markdown))).not.toThrow();
    },
  );

  it.each(vectors.filter(({ expected }) => Array.isArray(expected)).map((vector) => [vector.id, vector] as const))(
    "%s",
    (_id, vector) => {
      const limit = Number(/limit=(\d+)/.exec(vector.note)?.[1]);
      expect(splitContent(parseMarkdown(vector.markdown), limit, measureHtml).map((part) => renderHtml(part))).toEqual(
        vector.expected,
      );
    },
  );

  it.each([
    ["***both*** _it_ ||hid `code`||", "<i><b>both</b></i> <i>it</i> <tg-spoiler>hid code</tg-spoiler>"],
    ["**a `b` c**", "<b>a </b><code>b</code><b> c</b>"],
    ["[see `x` **y**](https://e.com)", '<a href="https://e.com">see x <b>y</b></a>'],
    ["**[**y**](https://e.com)**", '<b><a href="https://e.com">y</a></b>'],
    ["```` \n```\ninner\n```\n````", "<pre>```\ninner\n```</pre>"],
    ["- one\n\n  two\n- [x] three\n  ```\n  x\n  ```", "• one\n\n  two\n\n• ☑ three\n<pre>x</pre>"],
    ["3. a\n4. b", "3. a\n4. b"],
    ["# A _b_ **c**", "<b>A <i>b</i> c</b>"],
    ["> a\n> - b\n>\n> > c", "<blockquote>a\n\n• b\n\nc</blockquote>"],
    ["[@channel](mention:room) [ops](mention:channel:C1) [x](mention:user:no)", "@channel ops x"],
    ["[me](tg://user?id=1) [me](TG:user?id=1)", "me me"],
    ["[bot](tg://resolve?domain=x)", '<a href="tg://resolve?domain=x">bot</a>'],
    ["a@b.co [call](tel:+15551234567) <https://e.com> www.e.com", "a@b.co call (+15551234567) https://e.com www.e.com"],
    ["![](https://e.com/x.png) ![alt](x.png)", "https://e.com/x.png alt"],
    ["a\u0007b\tc\u2028d", "a b c\nd"],
    ["A\u030angstro\u0308m x\u0333", "\u00c5ngström x"],
    ["```\n\tx\n```", "<pre>    x</pre>"],
    ["&amp;lt; &quot;", '&amp;lt; "'],
    ["\u200b\u200d", ""],
    ["   \n\n", ""],
  ])("writes %j", (markdown, expected) => {
    expect(render(markdown)).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ["a root", [{ type: "root", children: [{ type: "paragraph", children: [{ type: "text", value: "a" }] }] }], "a"],
    ["raw HTML", [{ type: "html", value: "</b><script>" }], "&lt;/b&gt;&lt;script&gt;"],
    [
      "unknown nodes",
      [{ type: "toc" }, { type: "paragraph", children: [{ type: "u", children: [{ type: "text", value: "a" }] }] }],
      "a",
    ],
    ["blank marks", [{ type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: "" }] }] }], ""],
    ["a hostile language", [{ type: "code", lang: 'js"><b>', value: "x" }], '<pre><code class="language-js">x</code></pre>'],
    ["a hostile user id", [{ type: "paragraph", children: [{ type: "mention", target: "user", id: '1"><b>', name: "A" }] }], "A"],
    [
      "fields",
      [{ type: "fields", items: [{ name: "A<", value: [{ type: "inlineCode", value: "b" }] }] }],
      "<b>A&lt;:</b> <code>b</code>",
    ],
  ])("takes %s", (_what, content, expected) => {
    expect(renderHtml(content as Content)).toBe(expected);
  });

  it("makes nothing of any text but that text", () => {
    fc.assert(
      fc.property(text, (value) => {
        const said = readHtml(renderHtml([{ type: "paragraph", children: [{ type: "text", value }] }]));
        expect(said.entities).toEqual([]);
        expect(letters(said.text)).toBe(letters(value));
      }),
      { numRuns: 2000 },
    );
  });

  it("is accepted whatever the Markdown, and measured as the server counts", () => {
    fc.assert(
      fc.property(text, (markdown) => {
        const content = parseMarkdown(markdown);
        expect(measureHtml(content)).toBe(readHtml(renderHtml(content)).text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it("loses no letter when it is split, and keeps the limit", () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(" ")),
        fc.integer({ min: 120, max: 240 }),
        (markdown, limit) => {
          const content = parseMarkdown(markdown);
          // Tables are code by the time they are split; as tables each part would have the head again.
          fc.pre(!content.some((block) => JSON.stringify(block).includes('"type":"table"')));
          const parts = splitContent(content, limit, measureHtml).map((part) => readHtml(renderHtml(part)).text);
          for (const part of parts) expect(part.length).toBeLessThanOrEqual(limit);
          expect(parts).not.toContain("");
          expect(letters(parts.join(""))).toBe(letters(readHtml(renderHtml(content)).text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(bombs))("takes time in proportion to the text: %s", (_name, bomb) => {
    const [quarter, whole] = [parseMarkdown(bomb(25_600)), parseMarkdown(bomb(102_400))];
    // Four times the text is four times the work; the square would be sixteen.
    expect(cost(() => measureHtml(whole))).toBeLessThan(cost(() => measureHtml(quarter)) * 9 + 30);
  });
});

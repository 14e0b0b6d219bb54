import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Content, Inline } from "@devflow/gateway/contract";
import { details, parseMarkdown } from "@devflow/gateway/kit";
import { renderMarkdown } from "../../src/format/markdown.ts";

const render = (text: string): string => renderMarkdown(parseMarkdown(text));
const gap = "\u200b";

describe("Markdown for GitHub", () => {
  it.each([
    ["**bold** _soft_ ~~gone~~ `code`", "**bold** *soft* ~~gone~~ `code`"],
    ["- [ ] to do\n- [x] done", "- [ ] to do\n- [x] done"],
    ["| a | b |\n| :-- | --: |\n| 1 | 2 |", "| a | b |\n| :-- | --: |\n| 1 | 2 |"],
    ["> [!WARNING]\n> Mind the gap", "> [!WARNING]\n> Mind the gap"],
    ["one\ntwo", "one\ntwo"],
    ["[a](https://example.com) ![i](https://example.com/i.png)", "[a](https://example.com) ![i](https://example.com/i.png)"],
    ["||secret||", "(spoiler) secret"],
    ["```ts\nconst a = '@ada #1';\n```", "```ts\nconst a = '@ada #1';\n```"],
    ["`@ada fixes #1`", "`@ada fixes #1`"],
    ["[run](javascript:alert(1))", "run"],
    ["[https://github.com](https://evil.example)", "<https://evil.example>"],
  ])("writes %s", (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it("folds details", () => {
    const text = renderMarkdown([details([{ type: "text", value: "Log" }], parseMarkdown("line **1**"))]);
    expect(text).toContain("<details>");
    expect(text).toContain("<summary>Log</summary>");
    expect(text).toContain("line **1**");
    expect(renderMarkdown(parseMarkdown(text, { html: true }))).toBe(text);
  });

  it.each([
    ["@ada", `@${gap}ada`],
    ["@octo/team and a@b.example", `@${gap}octo/team`],
    ["#12, octo/app#12, GH-12", `#${gap}12, octo/app#${gap}12, GH-${gap}12`],
    ["Closes #12", `Closes${gap} #${gap}12`],
    ["&#1a;", `&#${gap}1a;`],
    ["fixes: octo/app#3", `fixes${gap}: octo/app#${gap}3`],
    ["Resolves https://github.com/octo/app/issues/1", `Resolves${gap} <https://github.com/octo/app/issues/1>`],
    ["closed **#12**", `closed${gap} **#${gap}12**`],
    ["<!-- hidden --> <img src=x onerror=alert(1)>", "\\<!-- hidden --> \\<img src=x onerror=alert(1)>"],
    ["</details><script>", "\\</details>\\<script>"],
  ])("lets foreign text %s do nothing", (text, expected) => {
    expect(render(text)).toContain(expected);
  });

  it("leaves words alone that refer to nothing", () => {
    for (const text of ["We fixed the door.", "C# is fine", "closest", "50 # of them", "a @ b"]) expect(render(text)).toBe(text);
  });

  it("disarms a sign that another node continues", () => {
    const line = (...children: readonly Inline[]): Content => [{ type: "paragraph", children }];
    const text = (value: string): Inline => ({ type: "text", value });
    expect(renderMarkdown(line(text("@"), text("ada #"), { type: "strong", children: [text("12")] }))).toBe(
      `@${gap}ada #${gap}**12**`,
    );
  });

  it("mentions by node: logins, teams, and people of events by their handle", () => {
    const mention = (target: "user" | "group" | "room", id: string, name?: string): string =>
      renderMarkdown([
        { type: "paragraph", children: [{ type: "mention", target, id, ...(name === undefined ? {} : { name }) }] },
      ]);
    expect(mention("user", "ada")).toBe("@ada");
    expect(mention("user", "77", "ada")).toBe("@ada");
    expect(mention("user", "dependabot[bot]")).toBe("@dependabot[bot]");
    expect(mention("group", "octo/core")).toBe("@octo/core");
    expect(mention("user", "a b", "Ada B")).toBe("Ada B");
    expect(mention("user", "ada](x) @all", "x")).toBe("x");
    expect(mention("room", "room", "@everyone")).toBe(`@${gap}everyone`);
  });

  it("lets references work where the draft wants them", () => {
    expect(renderMarkdown(parseMarkdown("@ada closes #12"), { references: true })).toBe("@ada closes #12");
  });

  it("leaves no mention, reference or closing word active, whatever the text", () => {
    const words = fc.constantFrom(
      "@ada",
      "#1",
      "closes #1",
      "GH-2",
      "o/r#3",
      "fix:",
      "**",
      "_",
      "`",
      "<",
      "&#64;x",
      "&#35;1",
      "\\",
      " ",
      "\n",
      "|",
      "https://github.com/o/r/pull/1",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const content = parseMarkdown(parts.join(""));
        // As GitHub reads it: a sign behind a backslash is that sign, and begins no code.
        const token = /\\([!-/:-@[-`{-~])|(`+)(?!`)[^]*?(?<!`)\2(?!`)|<https?:[^>]*>|https?:[^\s<`\\]*|&#\w+;/g;
        const shown = renderMarkdown(content).replace(token, (_, sign?: string) => sign ?? " ");
        expect(shown).not.toMatch(/@[a-z]/i);
        expect(shown).not.toMatch(/#\d/);
        expect(shown).not.toMatch(/\bGH-\d/i);
      }),
      { numRuns: 400, seed: 7 },
    );
  });
});

import { parseMarkdown } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../src/format/markdown.ts";
import { hostileText as text } from "@devflow/conformance";

const render = (markdown: string): string => renderMarkdown(parseMarkdown(markdown));

describe("renderMarkdown", () => {
  it.each([
    ["# T\n\n**b** _i_ ~~s~~ `c`", "# T\n\n**b** _i_ ~~s~~ `c`"],
    ["| a | b |\n|---|--:|\n| 1 | 2 |", "| a | b |\n| --- | --: |\n| 1 | 2 |"],
    ["Hi [Ada](mention:user:U1) [c](mention:channel:C1) [g](mention:group:S1)", "Hi <@U1> <#C1> <!subteam^S1>"],
    ["[@all](mention:room) [x](mention:user:no-id)", "@all x"],
    ["<!channel> <@U1> <#C1|x> `<!here>`", "<\u200b!channel> <\u200b@U1> <\u200b#C1|x> `<\u200b!here>`"],
    ["```\n<!channel>\n```", "```\n<\u200b!channel>\n```"],
    ["[a](javascript:x) [https://good.example](https://evil.example)", "a <https://evil.example>"],
    ["||secret||", "(spoiler) secret"],
    ["- [x] a\n  1. b", "- [x] a\n  1. b"],
  ])("writes %j", (markdown, expected) => {
    expect(render(markdown)).toBe(expected);
  });

  it("lets a room be pinged only when the draft allows it", () => {
    expect(renderMarkdown(parseMarkdown("[all](mention:room)"), { broadcast: true })).toBe("<!channel>");
  });

  it("holds no control sequence that the tree does not name", () => {
    fc.assert(
      fc.property(text, (markdown) => {
        expect(render(markdown)).not.toMatch(/<[!@#]/);
      }),
      { numRuns: 2000 },
    );
  });
});

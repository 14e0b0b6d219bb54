import { describe, expect, it } from "vitest";
import type { Block, Inline } from "../../../src/contract/index.ts";
import { details, detailsOf, extra, mapInlines, mapText, parseMarkdown, plainText } from "../../../src/kit/index.ts";

const said = (value: string): Inline => ({ type: "text", value });
const line = (...children: readonly Inline[]): Block => ({ type: "paragraph", children });
const read = (markdown: string): readonly Block[] => parseMarkdown(markdown, { html: true });

describe("parseMarkdown with HTML", () => {
  it.each<[string, readonly Block[]]>([
    ["H<sub>2</sub>O", [line(said("H"), extra("subscript", [said("2")]), said("O"))]],
    ["<u>a</u> <INS>b</INS>", [line(extra("underline", [said("a")]), said(" "), extra("underline", [said("b")]))]],
    ["<kbd>Ctrl *x*</kbd>", [line({ type: "inlineCode", value: "Ctrl x" })]],
    ["a<br>b", [line(said("a"), { type: "break" }, said("b"))]],
    ["a<!-- hidden -->b", [line(said("ab"))]],
    ["<sub>a", [line(said("<sub>a"))]],
    ["a</sub>", [line(said("a</sub>"))]],
    [
      "&lt;sub&gt;a&lt;/sub&gt; \\<sub>b\\</sub> `<sub>`",
      [line(said("<sub>a</sub> <sub>b</sub> "), { type: "inlineCode", value: "<sub>" })],
    ],
    ["<script>x</script> <sub onclick=x>a</sub>", [line(said("<script>x</script> <sub onclick=x>a</sub>"))]],
    ["a\0b\u0007c", [line(said("abc"))]],
    ["# <sup>a</sup>", [{ type: "heading", depth: 1, children: [extra("superscript", [said("a")])] }]],
  ])("reads %j", (markdown, expected) => {
    expect(read(markdown)).toEqual(expected);
  });

  it.each<[string, readonly Block[]]>([
    [
      "<details><summary>A *b*</summary>\n\nin\n\n</details>",
      [details([said("A "), { type: "emphasis", children: [said("b")] }], [line(said("in"))])],
    ],
    ["<details open>in</details>", [details([], [line(said("in"))])]],
    [
      "<details>\n<summary>a</summary>\n\n<details><summary>b</summary>c</details>\n\n</details>\nd",
      [details([said("a")], [details([said("b")], [line(said("c"))])]), line(said("d"))],
    ],
    ["<details><summary>a</summary>\n\nb", [line(said("<details>a")), line(said("b"))]],
    ["a\n\n</details>", [line(said("a")), line(said("</details>"))]],
    ["> <details><summary>a</summary>b</details>", [{ type: "blockquote", children: [details([said("a")], [line(said("b"))])] }]],
  ])("folds %j", (markdown, expected) => {
    expect(read(markdown)).toEqual(expected);
  });

  it("shows a fold where nobody knows folds", () => {
    expect(plainText(read("<details><summary>More</summary>\n\ninner\n\n</details>"))).toBe("More\n\ninner");
    expect(detailsOf(line(said("a")))).toBeUndefined();
  });

  it("numbers footnotes in the order in which they are referred to, and puts them at the end", () => {
    const raised = (number: string): Inline => extra("superscript", [said(number)]);
    expect(read("a[^x] b[^1]\n\n[^1]: one *[^y]*\n[^x]: ex\n    more\n\nend\n\n[^z]: loose\n[^y]: y")).toEqual([
      line(said("a"), raised("1"), said(" b"), raised("2")),
      line(said("end")),
      line(raised("1"), said(" "), said("ex\nmore")),
      line(raised("2"), said(" "), said("one "), { type: "emphasis", children: [raised("3")] }),
      line(raised("3"), said(" "), said("y")),
      line(raised("z"), said(" "), said("loose")),
    ]);
    expect(read("```\n[^1]: code\n```\n[^1]")).toEqual([{ type: "code", value: "[^1]: code" }, line(said("[^1]"))]);
  });

  it("reads a line feed as a space, and one tilde as itself, where that is the custom", () => {
    expect(parseMarkdown("a\nb  \nc ~d~ ~~e~~", { feed: "space", tildes: 2 })).toEqual([
      line(said("a b\nc ~d~ "), { type: "delete", children: [said("e")] }),
    ]);
  });

  it.each<[string, (size: number) => string]>([
    ["tags that open", (size) => "<sub>".repeat(size / 5)],
    ["tags in pairs", (size) => "<sub>a</sub>".repeat(size / 12)],
    ["folds", (size) => "<details><summary>".repeat(size / 18)],
    ["folds that end", (size) => "<details><summary>a</summary></details>".repeat(size / 39)],
    ["footnotes", (size) => "[^a]".repeat(size / 8) + "\n\n" + "[^a]: b\n".repeat(size / 16)],
    ["comments", (size) => "<!-- a -->".repeat(size / 10)],
  ])("takes time in proportion to the text: %s", (_name, bomb) => {
    const time = (size: number): number => {
      const text = bomb(size);
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 3; i++) {
        const { user } = process.cpuUsage();
        read(text);
        least = Math.min(least, (process.cpuUsage().user - user) / 1000);
      }
      return least;
    };
    expect(time(102_400)).toBeLessThan(time(25_600) * 9 + 50);
  });
});

describe("mapText", () => {
  it("asks about text, and neither about code nor about links", () => {
    const content = parseMarkdown("**#1** `#2` [#3](https://e.com)\n\n- #4\n\n|#5|\n|-|");
    const asked: string[] = [];
    mapText(content, (text) => {
      asked.push(text.trim());
      return undefined;
    });
    expect(asked.filter((text) => text !== "")).toEqual(["#1", "#4", "#5"]);
  });

  it("puts nodes in place of text, within what it does not know as well", () => {
    const content = [details([said("a")], [line(extra("underline", [said("b")]))])];
    const mapped = mapText(content, (text) => [{ type: "inlineCode", value: text }]);
    const inner: Block = line(extra("underline", [{ type: "inlineCode", value: "b" }]));
    expect(mapped).toEqual([details([{ type: "inlineCode", value: "a" }], [inner])]);
    expect(mapInlines(content, (node) => [node])).toEqual(content);
  });
});

import { hostileText, processorMs, textBombs } from "@devflow/conformance";
import type { Content } from "@devflow/gateway/contract";
import { printMarkdown } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toWiki } from "../../../src/format/wiki/index.ts";
import { fromWiki } from "../../../src/normalize/wiki/index.ts";
import { norm } from "../../support/norm.ts";
import { trees, words } from "../../support/trees.ts";
import { vectors } from "../../support/vectors.ts";

const read = (wiki: string): string => printMarkdown(fromWiki(wiki), { html: true });

/** Texts that make a careless reader of this markup slow. */
const bombs: Readonly<Record<string, (size: number) => string>> = {
  ...textBombs,
  "signs that open": (size) => "*a _b +c ".repeat(size / 9),
  "signs in braces": (size) => "{*}a{_}b".repeat(size / 8),
  "marks that end": (size) => "*a* _b_ ".repeat(size / 8),
  "brackets that open": (size) => "[a|".repeat(size / 3),
  "brackets in brackets": (size) => "[".repeat(size / 2) + "]".repeat(size / 2),
  "images that are none": (size) => "!a!".repeat(size / 3),
  "images that open": (size) => " !a|".repeat(size / 4),
  "code that opens": (size) => "{{a\\}} ".repeat(size / 7),
  "macros that open": (size) => "{code}{noformat}{quote}{panel:title=a".repeat(size / 37),
  "macros that take turns": (size) => "{quote}{panel}".repeat(size / 14),
  "parameters that never end": (size) => "{panel:".repeat(size / 7),
  "deep markers": (size) => `${"*#".repeat(size / 2)} a`,
  "one marker deeper each": (size) => Array.from({ length: Math.sqrt(size * 2) }, (_, i) => `${"*".repeat(i + 1)} a`).join("\n"),
  "lines that go on with an item": (size) => `* a\n${"b\n".repeat(size / 2)}`,
  "rows that go on": (size) => `|a\n${"b\n".repeat(size / 2)}`,
  cells: (size) => "|a".repeat(size / 2),
  "cells that open": (size) => `|${"[{{!".repeat(size / 4)}`,
  spaces: (size) => `a${" ".repeat(size)}\n`.repeat(2),
  "spaces before a marker": (size) => " \t".repeat(size / 2) + "x",
  backslashes: (size) => "\\".repeat(size),
  dashes: (size) => `${"-".repeat(size)}x`,
  references: (size) => "&#".repeat(size / 2),
};

describe("fromWiki", () => {
  it.each([
    ["h2. A *b*\ntext\ngoes on", "## A **b**\n\ntext\ngoes on"],
    ["a *b* _c_ -d- +e+ x^2^ H{~}2{~}O ??f??", "a **b** *c* ~~d~~ <ins>e</ins> x^2^ H<sub>2</sub>O *f*"],
    ["not*bold* * a * _b", "not\\*bold\\* * a * \\_b"],
    ["*a _b* c_", "**a \\_b** c\\_"],
    ["* a\n** b\n# c\n#* d\n- e\nmore", "- a\n  - b\n\n1. c\n   - d\n\n- e\n  more"],
    ["* (/) a\n* (x) b", "- [x] a\n- [ ] b"],
    ["bq. a\n\n{quote}\nb\n\nc\n{quote}", "> a\n\n> b\n>\n> c"],
    ["{code:title=A.java|borderStyle=solid}\nx *y*\n{code}", "```\nx *y*\n```"],
    ["{code:python|title=a}\nx\n{code} {code:language=go}y{code}", "```python\nx\n```\n\n```go\ny\n```"],
    ["{noformat}a{noformat}{code}b", "```\na\n```\n\n{code}b"],
    ["{panel:title=Note|bgColor=#deebff}\na\n{panel}", "> [!NOTE]\n> a"],
    ["{panel:title=T}\na\n{panel}", "<details>\n<summary>T</summary>\n\na\n\n</details>"],
    ["{quote}{panel}a{quote}", "> {panel}a"],
    ["||a||b||\n|c|[d|https://e.com]|\n|x", "| a | b |\n| --- | --- |\n| c | [d](https://e.com) |\n| x |  |"],
    ["||a|b|\n||c|d|", "**a:** b\n**c:** d"],
    ["a\n----\nb", "a\n\n---\n\nb"],
    [
      "[~ada] [~accountid:1:a] [a|https://e.com|tip] [https://e.com] [x] [a|b] [y|javascript:z]",
      "`ada` `1:a` [a](https://e.com) <https://e.com> [x] [a|b] [y|javascript:z]",
    ],
    [
      "[^f.pdf] !a.png|thumbnail! !b.png! !not an image! x!y!",
      "[f.pdf](https://j.net/1) [a.png](https://j.net/2) *[attachment: b.png]* !not an image! x!y!",
    ],
    ["!https://e.com/a.png|width=1,alt=A!", "![A](https://e.com/a.png)"],
    ["{{a\\}b}} {{}} {{c", "`a}b` {{}} {{c"],
    ["see https://e.com/a_b_c., and (x) :) 1--2 a -- b --- c", "see <https://e.com/a_b_c>., and ❌ 🙂 1--2 a – b — c"],
    ["{color:red}a{color} b{anchor:x}", "a b"],
    ["\\*a\\* C:\\dir a\\\\b &#42; &lt; &bogus;", "\\*a\\* C:\\dir a\nb * < &bogus;"],
    ["", ""],
  ])("reads %j", (wiki, markdown) => {
    const attachments = [
      { filename: "f.pdf", content: "https://j.net/1" },
      { filename: "a.png", content: "https://j.net/2" },
    ];
    const mention = ({ id }: { readonly id: string }): string => `\`${id}\``;
    expect(printMarkdown(fromWiki(wiki, { attachments }), { html: true, mention })).toBe(markdown);
  });

  it.each(vectors.markdown.map((vector) => [vector.id, vector] as const))("reads and writes %s as it was", (_id, { wiki }) => {
    expect(toWiki(fromWiki(wiki))).toBe(wiki);
  });

  it("reads what toWiki wrote as what it was, but for the losses that the norm names", () => {
    fc.assert(
      fc.property(trees, (content) => {
        expect(norm(fromWiki(toWiki(content)), "wiki")).toEqual(norm(content, "wiki"));
      }),
      { numRuns: 500 },
    );
  });

  it("takes any text, and writes what it read as something that reads the same", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostileText,
          fc.array(words).map((parts) => parts.join("")),
        ),
        (wiki) => {
          const once: Content = fromWiki(wiki);
          expect(read(toWiki(once))).toBe(read(toWiki(fromWiki(toWiki(once)))));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each(Object.entries(bombs))("takes time in proportion to the text: %s", (_name, bomb) => {
    const [quarter, whole] = [bomb(25_600), bomb(102_400)];
    const spent = processorMs(() => fromWiki(whole));
    expect(spent).toBeLessThan(processorMs(() => fromWiki(quarter)) * 9 + 30);
    expect(spent).toBeLessThan(300);
  });
});

import { hostileText, processorMs, textBombs } from "@devflow/conformance";
import type { Content, Inline } from "@devflow/gateway/contract";
import { details, extra, mapInlines, parseMarkdown, plainText } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toWiki } from "../../../src/format/wiki/index.ts";
import { fromWiki } from "../../../src/normalize/wiki/index.ts";
import { hostileTrees, words } from "../../support/trees.ts";

const said = (value: string): Inline => ({ type: "text", value });
const line = (...children: readonly Inline[]): Content => [{ type: "paragraph", children }];
const squeezed = (text: string): string => text.replace(/\s+/g, "").replace(/[\0-\x08\x0b-\x1f\x7f\u200b]/g, "");

/** Nodes of a line other than text, breaks, and the addresses that Jira links by itself. */
function markup(content: Content): readonly string[] {
  const found: string[] = [];
  mapInlines(content, (node) => {
    const bare = node.type === "link" && plainText(line(node)) === node.url;
    if (node.type !== "text" && node.type !== "break" && !bare) found.push(node.type);
    return [node];
  });
  return found;
}

describe("toWiki", () => {
  it.each<[string, Content, string]>([
    ["marks within words", parseMarkdown("a**b**c *d*e"), "a{*}b{*}c {_}d{_}e"],
    ["marks in parentheses", parseMarkdown("(**a**)"), "(*a*)"],
    ["what would be a picture", line(said("("), { type: "strong", children: [said(")a")] }), "({*})a{*}"],
    ["marks that end apart", parseMarkdown("**a _b_** _c **d**_"), "*a _b_* _c *d*_"],
    [
      "marks over lines, line by line",
      [{ type: "paragraph", children: [{ type: "strong", children: [said("a \nb")] }] }],
      "*a*\n*b*",
    ],
    [
      "signs that cannot act",
      line(said("well-known, 1+1 = 2! a - b, C++ x^2 ~5 really?")),
      "well-known, 1+1 = 2! a - b, C++ x^2 ~5 really?",
    ],
    ["signs in pairs", line(said("-a- +b+ !c! ^d^ --e")), "\\-a\\- \\+b\\+ \\!c\\! \\^d\\^ \\-\\-e"],
    [
      "the beginning of lines",
      line(said("h1. a\nbq. b\n# c\n- d\n|e|\n----")),
      "h1\u200b. a\nbq\u200b. b\n\u200b# c\n\\- d\n&#124;e|\n\\-\\-\\-\\-",
    ],
    ["backslashes", line(said("a\\b \\* \\\\ &#42; &amp;")), "a\\b &#92;\\* &#92;&#92; &amp;#42; &amp;amp;"],
    [
      "a link beside a word",
      line(said("a"), { type: "link", url: "https://e.com", children: [said("https://e.com")] }),
      "a[https://e.com]",
    ],
    [
      "an address that Jira would cut",
      parseMarkdown("<https://e.com/a!b|c> <https://e.com/a--b>"),
      "https://e.com/a%21b%7Cc [https://e.com/a--b]",
    ],
    ["tasks", parseMarkdown("- [x] a\n- [ ] b\n  - c"), "* (/) a\n* (x) b\n** c"],
    ["fields", [{ type: "fields", items: [{ name: "A", value: [said("b|c")] }] }], "||A|b&#124;c|"],
    ["a table in a quote", parseMarkdown("> |a|\n> |-|\n> |b|"), "{quote}\n{noformat}\na\n---\nb\n{noformat}\n{quote}"],
    ["folds within folds", [details([said("a")], [details([said("b")], line(said("c")))])], "{panel:title=a}\n*b*\n\nc\n{panel}"],
    ["a title", [details([said("a|b}")], line(said("c")))], "{panel:title=a&#124;b&#125;}\nc\n{panel}"],
    ["code within a quote", parseMarkdown("> ```\n> {quote}\n> ```"), "{quote}\n{noformat}\n{quote\u200b}\n{noformat}\n{quote}"],
    ["extra marks", line(extra("underline", [said("a")]), extra("subscript", [said("b")])), "+a+{~}b{~}"],
    ["a spoiler", parseMarkdown("||a||"), "(spoiler) a"],
    ["a stranger", line({ type: "mention", target: "user", id: "a]b", name: "[~admin]" }), "\\[~admin\\]"],
    ["a room", line({ type: "mention", target: "room", id: "" }), "@room"],
    [
      "an alt text",
      line({ type: "image", url: "https://e.com/a!b.png", alt: "a|b!" }),
      "!https://e.com/a%21b.png|alt=a&#124;b&#33;!",
    ],
    [
      "a label like a heading",
      line({ type: "link", url: "https://e.com", children: [said("h1. a")] }),
      "[h1\u200b. a|https://e.com]",
    ],
    ["faces", line(said(":) ;) :( a:Do \\) :D")), ":\u200b) ;\u200b) :\u200b( a:Do &#92;\u200b) :\u200bD"],
    ["nothing", line(said(" \n ")), ""],
  ])("writes %s", (_what, content, expected) => {
    expect(toWiki(content)).toBe(expected);
  });

  it("keeps marks from text that the older API of Cloud would read anew in them", () => {
    const content = parseMarkdown("**a** **\\[~admin]** *h1. x*");
    expect(toWiki(content, "cloud")).toBe("*a* \\[~admin\\] h1. x");
    expect(toWiki(content)).toBe("*a* *\\[~admin\\]* _h1. x_");
  });

  it("makes nothing of any text but that text", () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, words), (value) => {
        const read = fromWiki(toWiki(line(said(value))));
        expect(markup(read)).toEqual([]);
        expect(read.every((block) => block.type === "paragraph")).toBe(true);
        expect(squeezed(plainText(read))).toBe(squeezed(plainText(line(said(value)))));
      }),
      { numRuns: 3000 },
    );
  });

  it("keeps any text where it stands", () => {
    const types =
      "paragraph heading list blockquote code table fields paragraph paragraph paragraph paragraph paragraph details".split(" ");
    fc.assert(
      fc.property(hostileTrees, (content) => {
        const read = fromWiki(toWiki(content)).map((block): string => block.type);
        // What has no words has no place.
        let at = 0;
        for (const type of read) at = types.indexOf(type, at) + 1 || Number.POSITIVE_INFINITY;
        expect(at).not.toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(Object.entries(textBombs))("takes time in proportion to the text: %s", (_name, bomb) => {
    const [quarter, whole] = [parseMarkdown(bomb(25_600)), parseMarkdown(bomb(102_400))];
    expect(processorMs(() => toWiki(whole))).toBeLessThan(processorMs(() => toWiki(quarter)) * 9 + 30);
  });
});

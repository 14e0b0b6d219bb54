import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block, Content, Inline } from "../../../src/contract/index.ts";
import { parseMarkdown, plainText } from "../../../src/kit/index.ts";
import { parseBlocks } from "../../../src/kit/markdown/block.ts";
import { parsePlain } from "../../../src/kit/markdown/parse.ts";
import { text } from "../../support/content.ts";

/** A tree as one short line: `strong(a)`. */
function short(nodes: readonly (Block | Inline)[]): string {
  return nodes.map((node) => brief(node as Exclude<Block | Inline, { type: "fields" | "actions" }>)).join(" ");
}

function brief(node: Exclude<Block | Inline, { type: "fields" | "actions" }>): string {
  switch (node.type) {
    case "text":
      return JSON.stringify(node.value);
    case "inlineCode":
      return `code<${node.value}>`;
    case "code":
      return `fence[${node.lang ?? ""}]<${node.value}>`;
    case "image":
      return `image[${node.url}]<${node.alt}>`;
    case "mention":
      return `mention[${node.target}:${node.id}]<${node.name}>`;
    case "link":
      return `link[${node.url}](${short(node.children)})`;
    case "list":
      return `${node.ordered ? `ol${node.start}` : "ul"}${node.spread ? "+" : ""}(${node.children.map((item) => `${item.checked == null ? "" : item.checked ? "x" : "o"}{${short(item.children)}}`).join("")})`;
    case "table":
      return `table[${node.align?.join()}](${node.children.map((row) => row.children.map((cell) => short(cell.children)).join("|")).join("/")})`;
    case "thematicBreak":
    case "break":
    case "emoji":
      return node.type;
    case "heading":
      return `h${node.depth}(${short(node.children)})`;
    default:
      return `${node.type === "paragraph" ? "p" : node.type}(${short(node.children)})`;
  }
}

describe("parseMarkdown", () => {
  it.each([
    [
      "**b** *i* _i_ ~~s~~ ~s~ ||sp||",
      'p(strong("b") " " emphasis("i") " " emphasis("i") " " delete("s") " " delete("s") " " spoiler("sp"))',
    ],
    ["***both***", 'p(emphasis(strong("both")))'],
    ["2*3*4 snake_case_name", 'p("2" emphasis("3") "4 snake_case_name")'],
    ["**太字。**です", 'p(strong("太字。") "です")'],
    ["a || b || c | d", 'p("a || b || c | d")'],
    ["a ~~~b~~~ c", 'p("a ~~~b~~~ c")'],
    ["``a`b`` ` c `", 'p(code<a`b> " " code<c>)'],
    ["line1\nline2  \nline3\\\nline4<br>line5<BR/>\nline6", 'p("line1\\nline2\\nline3\\nline4\\nline5\\nline6")'],
    ['[a](https://x.y/(z) "t") [b](<u v>)', 'p(link[https://x.y/(z)]("a") " " link[u v]("b"))'],
    [
      "[r] [t][r] [r][]\n\n[R]: https://e.com",
      'p(link[https://e.com]("r") " " link[https://e.com]("t") " " link[https://e.com]("r"))',
    ],
    ["![*alt*](i.png)", "p(image[i.png]<alt>)"],
    [
      "[Alice](mention:user:U1) [g](mention:channel:C1) [t](mention:group:S1) [@all](mention:room)",
      'p(mention[user:U1]<Alice> " " mention[channel:C1]<g> " " mention[group:S1]<t> " " mention[room:]<@all>)',
    ],
    ["<mention:user:U1>", 'p("<mention:user:U1>")'],
    [
      "See https://e.com/a_b?c=1. (www.x.org) a.b@c.de!",
      'p("See " link[https://e.com/a_b?c=1]("https://e.com/a_b?c=1") ". (" link[http://www.x.org]("www.x.org") ") " link[mailto:a.b@c.de]("a.b@c.de") "!")',
    ],
    ["見て https://e.com/あ。はい", 'p("見て " link[https://e.com/あ]("https://e.com/あ") "。はい")'],
    ["[https://good.example](https://evil.example/x)", 'p(link[https://evil.example/x]("https://good.example"))'],
    ["[in [a](b) out](c)", 'p("[in " link[b]("a") " out](c)")'],
    ["&lt;b&gt; &copy; &#x41;&#0; &nope; AT&T", 'p("<b> © A\ufffd &nope; AT&T")'],
    ['<b>x</b> <img src="*a*" onerror=y> <!-- *c* -->', 'p("<b>x</b> <img src=\\"*a*\\" onerror=y> <!-- *c* -->")'],
    ["a\u202eb\u0000", 'p("ab\ufffd")'],
    ["\\*a\\* \\a \\", 'p("*a* \\\\a \\\\")'],
    ["# *T* #\n\nS\n===", 'h1(emphasis("T")) h1("S")'],
    ["- one\n  - two\n    - three\n- four", 'ul({p("one") ul({p("two") ul({p("three")})})}{p("four")})'],
    ["3. a\n4. b", 'ol3({p("a")}{p("b")})'],
    ["- [ ] a\n- [x] b", 'ul(o{p("a")}x{p("b")})'],
    ["- [x] a\n\n- b", 'ul+(x{p("a")}{p("b")})'],
    ["> a\n>\n> > b", 'blockquote(p("a") blockquote(p("b")))'],
    ["```js x\na\n\n```\n\n    indented", "fence[js]<a\n> fence[]<indented>"],
    ["| a | b |\n|:--|--:|\n| *1* | x\\|y |", 'table[left,right]("a"|"b"/emphasis("1")|"x|y")'],
    ["a\n\n---\n\nb", 'p("a") thematicBreak p("b")'],
    ["a\n<div>\n*x*\n</div>\n- b\n  <p>\n  c", 'p("a\\n<div>\\n" emphasis("x") "\\n</div>") ul({p("b\\n<p>\\nc")})'],
    ["<!-- *a\nb* --> **c**", 'p("<!-- *a\\nb* --> " strong("c"))'],
    ["   \n\n", ""],
    ["<br>", ""],
  ])("reads %j", (markdown, expected) => {
    expect(short(parseMarkdown(markdown))).toBe(expected);
  });

  it("never throws, and gives plain JSON", () => {
    fc.assert(
      fc.property(text, (source) => {
        const content = parseMarkdown(source);
        expect(JSON.parse(JSON.stringify(content))).toEqual(content);
      }),
    );
  });

  it("loses no letter of what is not an address or a name", () => {
    const parts = fc.constantFrom(
      "a",
      "B",
      "7",
      "é",
      "太",
      " ",
      "\n",
      "\n\n",
      "*",
      "**",
      "_",
      "~~",
      "||",
      "`",
      "<br>",
      "- ",
      "> ",
      "# ",
      "1. ",
      "!",
      "\\",
      "<",
      "[",
      "]",
    );
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 40 }).filter((said) => !/~~~|```/.test(said.join(""))),
        (said) => {
          const letters = (source: string): string => source.replace(/<br>/g, "").replace(/[^aBé太]/g, "");
          expect(letters(plainText(parseMarkdown(said.join(""))))).toBe(letters(said.join("")));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("reads text without markup as the lexer does, only faster", () => {
    const parts = fc.constantFrom(
      "a",
      "Bc",
      "7",
      "é",
      "太",
      " ",
      "  ",
      "\n",
      "\n\n",
      "\n \n",
      ".",
      ",",
      "!",
      "?",
      ":",
      ";",
      "'",
      "(",
      ")",
      "$",
      "%",
      "^",
      "/",
      "👍",
      "-",
      "=",
      "+",
      "#",
      ">",
      "1.",
      "2)",
      "\u00a0",
      "\ufeff",
      "    ",
      "www.",
      "\u0085",
      "\u2028",
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 20 }), (said) => {
        const source = said.join("");
        const slow = parseBlocks(source);
        expect(parsePlain(source) ?? slow).toEqual(slow);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [":-", "left"],
    ["-:", "right"],
    [":-:", "center"],
  ])("reads a table of one column without a pipe in it, with the rule %j", (rule, align) => {
    expect(parseMarkdown(`a\n${rule}`)).toMatchObject([{ type: "table", align: [align] }]);
  });

  it("divides what marked would read in quadratic time, and loses no line of it", () => {
    const lines = Array.from({ length: 2500 }, (_, i) => `line${i}`);
    const quotes = lines.map((line, i) => (i % 2 === 0 ? `> ${line}` : line));
    for (const source of [
      `- ${lines.join("\n")}`,
      quotes.join("\n"),
      `> - ${lines.join("\n> ")}`,
      `- \`\`\`\n  ${lines.join("\n  ")}\n  \`\`\``,
    ]) {
      expect(plainText(parseMarkdown(source)).match(/line\d+/g)).toEqual(lines);
    }
  });

  it("keeps what nests too deep as text", () => {
    const depth = (content: Content): number =>
      Math.max(0, ...content.map((block) => ("children" in block ? 1 + depth(block.children as Content) : 0)));
    for (const source of [
      "> ".repeat(500) + "end",
      "- ".repeat(500) + "end",
      "*a ".repeat(500) + "b* ".repeat(500) + "end",
      "1. ".repeat(500) + "end",
    ]) {
      const content = parseMarkdown(source);
      expect(depth(content)).toBeLessThan(80);
      expect(plainText(content)).toContain("end");
    }
  });
});

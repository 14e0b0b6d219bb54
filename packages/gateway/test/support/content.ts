import fc from "fast-check";
import type { Block, Content, Inline, Text } from "../../src/contract/index.ts";
import { flattened, runsOf, tighten, type Run, type Stretch } from "../../src/kit/index.ts";

/** Strings that have made trouble somewhere: markup, tags, control sequences, marks without a letter, halves of characters. */
export const scraps: readonly string[] = [
  Array.from("*_~|`[]()<>#+-=!&\\@:\"'{}.^"),
  Array.from("\n\t\r\0\u000b\u001b\u007f\u200b\u200d\u202e\u2028\u00a0\u0301\ufeff"),
  ["**", "__", "~~", "||", "``", "```", "](", "![", "\n\n", "\r\n", "\n> ", "\n- ", "\n1. ", "\n    ", "<br>", "&amp;", "&#0;"],
  ["<b>", "</code>", "<!channel>", "<@U1>", "<!--", "<![CDATA[", "https://e.com/a_b", "www.x.org", "javascript:", "a@b.co"],
  ["a", "Z9", "word ", "é", "太", "です", "。", "👍🏽", "👨‍👩‍👧‍👦", "🇺🇳", "مرحبا", "\ud83d", "\ude00"],
].flat();

/** Any text, hostile more often than not. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...scraps), { maxLength: 30 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);

const words = fc
  .array(
    fc.constantFrom(
      "a",
      "Z9",
      " ",
      " ",
      "\n",
      "é",
      "太",
      "。",
      ".",
      "!",
      "*",
      "_",
      "~",
      "|",
      "`",
      "[",
      "]",
      "(",
      "<",
      ">",
      "#",
      "-",
      "1.",
      "&amp;",
      "\\",
      "👍🏽",
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(""));
const url = fc.constantFrom(
  "https://e.com",
  "https://e.com/a_(b)_c?d=1&e=2",
  "https://e.com/<x>",
  "http://e.com/a b",
  "mailto:a@b.co",
  "x\\y",
);

interface Nodes {
  readonly inline: Inline;
  readonly block: Block;
}

/** Trees of every node that Markdown has a word for. */
const { block } = fc.letrec<Nodes>((tie) => {
  const inlines = fc.array(tie("inline") as fc.Arbitrary<Inline>, { minLength: 1, maxLength: 4 });
  const blocks = fc.array(tie("block") as fc.Arbitrary<Block>, { minLength: 1, maxLength: 3 });
  const leaf: fc.Arbitrary<Inline> = fc.oneof(
    words.map((value) => ({ type: "text" as const, value })),
    words.map((value) => ({ type: "inlineCode" as const, value: value.replaceAll("\\", "/") })),
    fc.record({ url, value: words, title: fc.option(words) }).map(({ url: to, value, title }) => ({
      type: "link" as const,
      url: to,
      title,
      children: [{ type: "text" as const, value }],
    })),
    fc.record({ type: fc.constant("image" as const), url, alt: words }),
    fc.record({
      type: fc.constant("mention" as const),
      target: fc.constantFrom("user" as const, "channel" as const, "group" as const),
      id: fc.constantFrom("U1", "@a:b.c", "x y"),
      name: fc.constant("Ada L."),
    }),
    fc.constant({ type: "break" as const }),
  );
  const marked = fc
    .tuple(fc.constantFrom("strong" as const, "emphasis" as const, "delete" as const, "spoiler" as const), inlines)
    .map(([type, children]) => ({ type, children }));
  const item = fc.record({ type: fc.constant("listItem" as const), children: blocks });
  const row = fc.array(inlines, { minLength: 2, maxLength: 2 }).map((cells) => ({
    type: "tableRow" as const,
    children: cells.map((children) => ({ type: "tableCell" as const, children })),
  }));
  return {
    inline: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, marked),
    block: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ type: fc.constant("paragraph" as const), children: inlines }),
      fc.record({
        type: fc.constant("heading" as const),
        depth: fc.constantFrom(1 as const, 3 as const, 6 as const),
        children: inlines,
      }),
      fc.record({ type: fc.constant("code" as const), lang: fc.constantFrom(null, "ts"), value: words }),
      fc.constant({ type: "thematicBreak" as const }),
      fc.record({
        type: fc.constant("table" as const),
        align: fc.constant([null, "right" as const]),
        children: fc.array(row, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ type: fc.constant("blockquote" as const), children: blocks }),
      fc.record({
        type: fc.constant("list" as const),
        ordered: fc.boolean(),
        start: fc.constantFrom(1, 7),
        spread: fc.boolean(),
        children: fc.array(item, { minLength: 1, maxLength: 3 }),
      }),
    ),
  };
});

/** Content of every kind, nested. */
export const content: fc.Arbitrary<Content> = fc.array(block, { maxLength: 4 });

/**
 * What Markdown can say of inline content, as one string: marks without white space at their edges, lines likewise, no mark
 * twice.
 */
export function inlineForm(children: readonly Inline[]): string {
  const stretches = runsOf(children).map(({ marks, node }): Stretch =>
    node.type === "text"
      ? { marks, text: node.value, token: false }
      : { marks, text: JSON.stringify(leafForm(node)), token: true },
  );
  let out = "";
  let open = "";
  for (const part of tighten(stretches)) {
    if (part.text === "") continue;
    const marks = part.marks.join("+");
    out += (marks === open ? "" : `\u{e000}${marks}\u{e001}`) + part.text;
    open = marks;
  }
  return oneLine(oneLine(out).replace(/\u{e000}\u{e001}$/u, ""));
}

function oneLine(said: string): string {
  return said.replace(/[^\S\n]*\n[^\S\n]*/g, "\n").trim();
}

function leafForm(node: Exclude<Run["node"], Text>): unknown {
  switch (node.type) {
    case "link":
      return [node.type, node.url, node.title?.replace(/\n\s*/g, " ") || "", oneLine(flattened(node.children))];
    case "image":
      return [node.type, node.url, oneLine(node.alt ?? "")];
    case "inlineCode":
      return [node.type, node.value.replaceAll("\n", " ")];
    default:
      return node;
  }
}

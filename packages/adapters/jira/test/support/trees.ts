import type { Block, Content, Inline } from "@devflow/gateway/contract";
import { details, extra } from "@devflow/gateway/kit";
import { hostileText } from "@devflow/conformance";
import fc from "fast-check";

/** Words and signs that mean something to one of the formats; without addresses, which any reader makes links of. */
export const words: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ..."* _ - + ^ ~ ! ? | { } [ ] ( ) \\ # & : ; < > @ . a b Z9 é 太 👍🏽".split(" "),
      ..."-- ---- ?? (x) (/) (!) :) ;) :D {code} {quote} {noformat} {panel:title=x} {color:red} [~admin] [^f] !a.png!".split(" "),
      ..."&amp; &#42; h1. bq. || {{ }} {*} \\\\ #* $ ☑".split(" "),
      " ",
      " ",
      "\n",
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const place = fc.constantFrom(
  "https://e.com/",
  "https://e.com/a_b_c?",
  "https://e.com/a_(b)_c?d=1&e=2#f",
  "http://e.com/a b|c]",
  "https://e.com/!x!--y",
  "mailto:a@b.co?",
  "javascript:x",
  "/relative",
);
/** Addresses, seldom one twice: neighbours that lead to the same place are one link to Jira. */
const url = fc.tuple(place, fc.integer({ min: 0, max: 999_999 })).map(([base, n]) => base + n);

interface Nodes {
  readonly inline: Inline;
  readonly block: Block;
}

const { block } = fc.letrec<Nodes>((tie) => {
  const inlines = fc.array(tie("inline") as fc.Arbitrary<Inline>, { minLength: 1, maxLength: 4 });
  const blocks = fc.array(tie("block") as fc.Arbitrary<Block>, { minLength: 1, maxLength: 3 });
  const text: fc.Arbitrary<Inline> = words.map((value) => ({ type: "text", value }));
  const leaf: fc.Arbitrary<Inline> = fc.oneof(
    { arbitrary: text, weight: 4 },
    words.map((value) => ({ type: "inlineCode" as const, value })),
    fc.constant<Inline>({ type: "break" }),
    fc.record({ id: fc.constantFrom("ada", "b.c-d", "x y", "712020:a-b"), name: words }).map(({ id, name }) => ({
      type: "mention" as const,
      target: "user" as const,
      id,
      name,
    })),
    fc.constantFrom<Inline>({ type: "emoji", name: "tada", value: "🎉" }, { type: "emoji", name: "own_x" }),
    fc.record({ url, alt: words }).map((image) => ({ type: "image" as const, ...image })),
  );
  const marked = inlines.chain((children) =>
    fc.constantFrom<Inline>(
      { type: "strong", children },
      { type: "emphasis", children },
      { type: "delete", children },
      { type: "spoiler", children },
      extra("underline", children),
      extra("superscript", children),
      extra("subscript", children),
    ),
  );
  const link = fc.record({ url, children: inlines }).map((one): Inline => ({ type: "link", ...one }));
  const item = fc.record({ checked: fc.constantFrom(null, null, true, false), children: blocks });
  const cell = inlines.map((children) => ({ type: "tableCell" as const, children }));
  const code = fc.record({ lang: fc.constantFrom(null, "ts", "python", "md", "x y"), value: words });
  return {
    inline: fc.oneof({ maxDepth: 3, depthIdentifier: "inline" }, { arbitrary: leaf, weight: 3 }, marked, link),
    block: fc.oneof(
      { maxDepth: 3, depthIdentifier: "block" },
      { arbitrary: inlines.map((children): Block => ({ type: "paragraph", children })), weight: 4 },
      fc
        .record({ depth: fc.constantFrom(1 as const, 2 as const, 6 as const), children: inlines })
        .map((one): Block => ({ type: "heading", ...one })),
      code.map((one): Block => ({ type: "code", ...one })),
      fc.constant<Block>({ type: "thematicBreak" }),
      blocks.map((children): Block => ({ type: "blockquote", children })),
      blocks.map((children): Block => {
        const mark: Block = { type: "paragraph", children: [{ type: "text", value: "[!WARNING]" }] };
        return { type: "blockquote", children: [mark, ...children] };
      }),
      fc.tuple(inlines, blocks).map(([summary, children]) => details(summary, children)),
      fc
        .record({ ordered: fc.boolean(), children: fc.array(item, { minLength: 1, maxLength: 3 }) })
        .map(({ ordered, children }): Block => ({
          type: "list",
          ordered,
          start: 1,
          children: children.map((one) => ({ type: "listItem", ...one })),
        })),
      fc
        .array(fc.array(cell, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
        .map((rows): Block => ({ type: "table", children: rows.map((children) => ({ type: "tableRow", children })) })),
      fc
        .array(fc.record({ name: words, value: inlines }), { minLength: 1, maxLength: 2 })
        .map((items): Block => ({ type: "fields", items })),
    ),
  };
});

/** Trees of every node, with signs of both formats in their texts. */
export const trees: fc.Arbitrary<Content> = fc.array(block, { maxLength: 4 });

/** Trees with any text in every place that holds text. */
export const hostileTrees: fc.Arbitrary<Content> = hostileText.map((value): Content => {
  const text: Inline = { type: "text", value };
  return [
    { type: "paragraph", children: [text] },
    { type: "heading", depth: 2, children: [text] },
    { type: "list", ordered: false, children: [{ type: "listItem", children: [{ type: "paragraph", children: [text] }] }] },
    { type: "blockquote", children: [{ type: "paragraph", children: [text] }] },
    { type: "code", lang: value, value },
    { type: "table", children: [{ type: "tableRow", children: [{ type: "tableCell", children: [text] }] }] },
    { type: "fields", items: [{ name: value, value: [text] }] },
    {
      type: "paragraph",
      children: [
        { type: "strong", children: [text] },
        { type: "inlineCode", value },
      ],
    },
    { type: "paragraph", children: [{ type: "link", url: "https://e.com", children: [text] }] },
    { type: "paragraph", children: [{ type: "image", url: "https://e.com/a.png", alt: value }] },
    { type: "paragraph", children: [{ type: "mention", target: "user", id: value, name: value }] },
    { type: "paragraph", children: [{ type: "emoji", name: value, value }] },
    details([text], [{ type: "paragraph", children: [text] }]),
  ];
});

import type { Content, Inline } from "@devflow/gateway/contract";

const t = (value: string): Inline => ({ type: "text", value });
const p = (...children: readonly Inline[]): Content[number] => ({ type: "paragraph", children });

/** Contents that formatters meet, by name: each node of the model, alone and in odd company. */
export const contents: Readonly<Record<string, Content>> = {
  "a word": [p(t("hello"))],
  "all inline nodes": [
    p(
      t("plain "),
      { type: "strong", children: [t("strong "), { type: "emphasis", children: [t("both")] }] },
      { type: "delete", children: [t("gone")] },
      { type: "spoiler", children: [t("hidden")] },
      { type: "inlineCode", value: "a `tick` inside" },
      { type: "link", url: "https://example.com/a_(b)?c=d&e=*f*", children: [t("a [link]")] },
      { type: "image", url: "https://example.com/i.png", alt: "an image" },
      { type: "break" },
      { type: "mention", target: "user", id: "U1", name: "Ada" },
      { type: "mention", target: "channel", id: "C1" },
      { type: "mention", target: "room", id: "room" },
      { type: "emoji", name: "thumbsup", value: "👍" },
      { type: "emoji", name: "own_emoji" },
    ),
  ],
  headings: [1, 2, 3, 4, 5, 6].map((depth) => ({ type: "heading", depth: depth as 1, children: [t(`Heading ${depth}`)] })),
  "nested lists": [
    {
      type: "list",
      ordered: true,
      start: 3,
      children: [
        {
          type: "listItem",
          children: [p(t("three")), { type: "list", children: [{ type: "listItem", children: [p(t("deep"))] }] }],
        },
        { type: "listItem", checked: true, children: [p(t("done"))] },
        { type: "listItem", children: [] },
      ],
    },
  ],
  "a quote around code": [
    { type: "blockquote", children: [p(t("he said")), { type: "code", lang: "ts", value: "const a = 1;\n```\nfence inside" }] },
  ],
  "a table with an empty cell": [
    {
      type: "table",
      align: ["left", null],
      children: [
        {
          type: "tableRow",
          children: [
            { type: "tableCell", children: [t("name")] },
            { type: "tableCell", children: [t("n")] },
          ],
        },
        {
          type: "tableRow",
          children: [
            { type: "tableCell", children: [] },
            { type: "tableCell", children: [t("1|2")] },
          ],
        },
      ],
    },
  ],
  "a rule and fields": [
    { type: "thematicBreak" },
    {
      type: "fields",
      items: [
        { name: "State", value: [t("open")] },
        { name: "", value: [] },
      ],
    },
  ],
  actions: [
    p(t("Deploy?")),
    {
      type: "actions",
      items: [
        { kind: "button", id: "yes", label: "Yes", value: "1", style: "primary" },
        { kind: "button", id: "no", label: "No" },
        { kind: "link", label: "Log", url: "https://example.com/log" },
        {
          kind: "select",
          id: "pick",
          label: "Pick",
          options: [
            { label: "A", value: "a" },
            { label: "B", value: "b" },
          ],
        },
      ],
    },
  ],
  "markup as text": [p(t("<b>&amp;</b> *not* _bold_ `x` [a](b) <@U1> <!channel> @everyone ||x|| ~~y~~ \\ > # - 1. | {}"))],
  "characters of two units": [p(t("👩‍👩‍👧‍👦 é é 🇩🇪 \u202eabc שלום 日本語"))],
  "line feeds": [p(t("one\ntwo\n\nfour"))],
  "empty nodes": [p(), p(t("")), { type: "heading", depth: 1, children: [] }, { type: "list", children: [] }, p(t("end"))],
};

/** Texts for splitting: long ones, unbroken ones, and ones that markup could break. */
export const texts: readonly string[] = [
  "word ".repeat(6000),
  "x".repeat(25_000),
  "👩‍👩‍👧‍👦".repeat(4000),
  `${"`".repeat(3)}js\n${"let a = [1, 2, 3];\n".repeat(1500)}${"`".repeat(3)}\nafter`,
  `- ${"*bold* and _soft_ ".repeat(40)}\n`.repeat(60),
  `https://example.com/${"a_b*c(d)".repeat(900)}`,
  `> ${"quoted <b> & \\ text. ".repeat(1500)}`,
  "1. ! # + - = | { } . ( ) ~ > \\ ".repeat(800),
  `| a | b |\n| --- | --- |\n${"| 1 | **two** |\n".repeat(900)}`,
];

import { hostileText } from "@devflow/conformance";
import { details, plainText, printMarkdown } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAdf } from "../../../src/format/adf/index.ts";
import { fromAdf } from "../../../src/normalize/adf/index.ts";
import type { AdfNode } from "../../../src/wire/adf.ts";
import { problemsOf } from "../../support/adf.ts";
import { norm } from "../../support/norm.ts";
import { trees } from "../../support/trees.ts";

const text = (value: string, ...marks: readonly object[]): object => ({ type: "text", text: value, marks });
const node = (type: string, attrs: object, ...content: readonly object[]): object => ({ type, attrs, content });
const line = (...content: readonly object[]): object => node("paragraph", {}, ...content);
const cell = (value: string, attrs: object = {}): object => node("tableCell", attrs, line(text(value)));
const read = (...content: readonly object[]): string =>
  printMarkdown(fromAdf({ type: "doc", version: 1, content }), { html: true });

/** Documents of anything, with types that mean something more often than not. */
const documents: fc.Arbitrary<unknown> = fc.letrec<{ readonly node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthIdentifier: "node" },
    fc.anything(),
    fc.record(
      {
        type: fc.constantFrom(
          ..."doc text paragraph heading bulletList orderedList listItem taskList taskItem table tableRow tableCell tableHeader".split(
            " ",
          ),
          ..."panel expand blockquote codeBlock mediaSingle media mention emoji date status inlineCard decisionList hardBreak".split(
            " ",
          ),
          ..."layoutSection layoutColumn extension bodiedExtension unknown".split(" "),
        ),
        text: fc.oneof(hostileText, fc.anything()),
        attrs: fc.oneof(
          fc.record({
            text: fc.anything(),
            url: hostileText,
            level: fc.anything(),
            timestamp: fc.anything(),
            colspan: fc.anything(),
            order: fc.anything(),
          }),
          fc.anything(),
        ),
        marks: fc.oneof(
          fc.array(fc.record({ type: fc.constantFrom("strong", "em", "code", "link", "subsup"), attrs: fc.anything() })),
          fc.anything(),
        ),
        content: fc.oneof(fc.array(tie("node"), { maxLength: 4 }), fc.anything()),
      },
      { requiredKeys: ["type"] },
    ),
  ),
})).node;

describe("fromAdf", () => {
  it.each<[string, readonly object[], string]>([
    [
      "marks that nest and overlap",
      [line(text("a ", { type: "strong" }), text("b", { type: "em" }, { type: "strong" }), text(" c", { type: "em" }))],
      "**a _b_** *c*",
    ],
    [
      "a link over several texts",
      [
        line(
          text("a", { type: "link", attrs: { href: "https://e.com" } }),
          text("b", { type: "strong" }, { type: "link", attrs: { href: "https://e.com" } }),
        ),
      ],
      "[a**b**](https://e.com)",
    ],
    [
      "spans",
      [
        node(
          "table",
          {},
          node("tableRow", {}, cell("a", { colspan: 2 }), cell("b", { rowspan: 2 })),
          node("tableRow", {}, cell("c"), cell("d")),
        ),
      ],
      "| a |  | b |\n| --- | --- | --- |\n| c | d |  |",
    ],
    [
      "blocks in a cell",
      [
        node(
          "table",
          {},
          node(
            "tableRow",
            {},
            node(
              "tableCell",
              {},
              line(text("a")),
              node("bulletList", {}, node("listItem", {}, line(text("b")))),
              node("codeBlock", {}, text("c")),
            ),
          ),
        ),
      ],
      "| a<br>- b<br>`c` |\n| --- |",
    ],
    [
      "columns of a layout",
      [node("layoutSection", {}, node("layoutColumn", {}, line(text("a"))), node("layoutColumn", {}, line(text("b"))))],
      "a\n\nb",
    ],
    [
      "a custom panel",
      [node("panel", { panelType: "custom" }, node("bulletList", {}, node("listItem", {}, line(text("a")))))],
      "> [!NOTE]\n>\n> - a",
    ],
    [
      "a nested list of tasks",
      [
        node(
          "taskList",
          {},
          node("taskItem", { state: "DONE" }, text("a")),
          node("taskList", {}, node("taskItem", { state: "OPEN" }, text("b"))),
        ),
      ],
      "- [x] a\n  - [ ] b",
    ],
    [
      "media without a file",
      [node("mediaGroup", {}, node("media", { type: "file", id: "1" }), node("media", { type: "file", id: "2", alt: "a.png" }))],
      "*[attachment]*\n\n*[attachment: a.png]*",
    ],
    [
      "media of the web, and a caption",
      [node("mediaSingle", {}, node("media", { type: "external", url: "https://e.com/a.png" }), node("caption", {}, text("c")))],
      "![](https://e.com/a.png)\n\nc",
    ],
    [
      "cards",
      [
        node("blockCard", { url: "https://e.com" }),
        line({ type: "inlineCard", attrs: { data: { url: "https://j.net/browse/AB-1" } } }),
        line({ type: "inlineCard", attrs: { url: "javascript:x" } }),
      ],
      "<https://e.com>\n\n[AB-1](https://j.net/browse/AB-1)\n\njavascript:x",
    ],
    [
      "an extension",
      [node("bodiedExtension", { text: "x" }, line(text("a"))), { type: "extension", attrs: { text: "b" } }],
      "a\n\nb",
    ],
    [
      "what nobody knows",
      [node("future", {}, node("stranger", {}, text("a")), line(text("b"))), { type: "novel", text: "c" }],
      "a\n\nb\n\nc",
    ],
    ["text among blocks", [text("a"), line(text("b")), text("c")], "a\n\nb\n\nc"],
    ["a date that is none", [line({ type: "date", attrs: { timestamp: "soon" } })], "soon"],
  ])("reads %s", (_what, content, markdown) => {
    expect(read(...content)).toBe(markdown);
  });

  it("reads who is mentioned, and everybody", () => {
    const mention = (id: string, said: string): object => ({ type: "mention", attrs: { id, text: said } });
    expect(fromAdf({ content: [line(mention("1:a", "@Ada"), mention("all", "@all"))] })).toEqual([
      {
        type: "paragraph",
        children: [
          { type: "mention", target: "user", id: "1:a", name: "Ada" },
          { type: "mention", target: "room", id: "", name: "all" },
        ],
      },
    ]);
  });

  it("reads a fold", () => {
    const inner = [{ type: "paragraph", children: [{ type: "text", value: "a" }] }] as const;
    expect(fromAdf({ content: [node("expand", { title: "T" }, line(text("a")))] })).toEqual([
      details([{ type: "text", value: "T" }], inner),
    ]);
  });

  it("reads what toAdf wrote as what it was, but for the losses that the norm names", () => {
    fc.assert(
      fc.property(trees, (content) => {
        expect(norm(fromAdf(toAdf(content)), "adf")).toEqual(norm(content, "adf"));
      }),
      { numRuns: 500 },
    );
  });

  it("takes anything, and what it read can be written again", () => {
    fc.assert(
      fc.property(documents, (doc) => {
        const content = fromAdf(doc);
        expect(problemsOf(toAdf(content))).toEqual([]);
        expect(typeof plainText(content)).toBe("string");
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps the words of documents that nest without end, and of very long ones", () => {
    let deep: AdfNode = { type: "text", text: "word" };
    for (let i = 0; i < 20_000; i++) deep = { type: i % 2 === 0 ? "blockquote" : "bulletList", content: [deep] };
    expect(plainText(fromAdf({ type: "doc", content: [deep] }))).toContain("word");
    let low: AdfNode = { type: "text", text: "word" };
    for (let i = 0; i < 20_000; i++) low = { type: "caption", content: [low] };
    expect(plainText(fromAdf({ type: "doc", content: [line(low)] }))).toContain("word");
    const long = Array.from({ length: 50_000 }, (_, i) => text("a", ...(i % 2 === 0 ? [{ type: "strong" }] : [])));
    expect(plainText(fromAdf({ type: "doc", content: [line(...long)] }))).toBe("a".repeat(50_000));
  });
});

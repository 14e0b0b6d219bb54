import { processorMs, textBombs } from "@devflow/conformance";
import type { Block, Content, Inline } from "@devflow/gateway/contract";
import { details, parseMarkdown } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAdf } from "../../../src/format/adf/index.ts";
import type { AdfNode } from "../../../src/wire/adf.ts";
import { problemsOf } from "../../support/adf.ts";
import { hostileTrees, trees } from "../../support/trees.ts";

const said = (value: string): Inline => ({ type: "text", value });
const line = (...children: readonly Inline[]): Block => ({ type: "paragraph", children });
const text = (value: string, ...marks: readonly string[]): AdfNode => ({
  type: "text",
  text: value,
  ...(marks.length === 0 ? {} : { marks: marks.map((type) => ({ type })) }),
});
const node = (type: string, ...content: readonly AdfNode[]): AdfNode => ({ type, content });
const paragraph = (...content: readonly AdfNode[]): AdfNode => node("paragraph", ...content);

describe("toAdf", () => {
  it.each<[string, Content, readonly AdfNode[]]>([
    [
      "tasks, with those below after the item they belong to",
      parseMarkdown("- [x] a\n  - [ ] b\n- [ ] c"),
      [
        {
          ...node(
            "taskList",
            { type: "taskItem", attrs: { localId: "task-1", state: "DONE" }, content: [text("a")] },
            {
              ...node("taskList", { type: "taskItem", attrs: { localId: "task-2", state: "TODO" }, content: [text("b")] }),
              attrs: { localId: "list-2" },
            },
            { type: "taskItem", attrs: { localId: "task-3", state: "TODO" }, content: [text("c")] },
          ),
          attrs: { localId: "list-1" },
        },
      ],
    ],
    [
      "tasks beside what is none",
      parseMarkdown("- [x] a\n- b"),
      [node("bulletList", node("listItem", paragraph(text("☑ a"))), node("listItem", paragraph(text("b"))))],
    ],
    [
      "tasks in a quote",
      parseMarkdown("> - [ ] a"),
      [node("blockquote", node("bulletList", node("listItem", paragraph(text("☐ a")))))],
    ],
    [
      "a heading and a rule in an item",
      parseMarkdown("- # a\n- ***"),
      [node("bulletList", node("listItem", paragraph(text("a", "strong"))), node("listItem", paragraph(text("———"))))],
    ],
    [
      "a quote in a panel, and a panel in an item",
      parseMarkdown("> [!TIP]\n> a\n> > b\n\n- > [!CAUTION]\n  > c"),
      [
        { ...node("panel", paragraph(text("a")), paragraph(text("> b"))), attrs: { panelType: "success" } },
        node("bulletList", node("listItem", paragraph(text("Caution", "strong")), paragraph(text("c", "em")))),
      ],
    ],
    [
      "a table in a quote",
      parseMarkdown("> |a|b|\n> |-|-|\n> |c|d|"),
      [node("blockquote", node("codeBlock", text("a   | b\n----|----\nc   | d")))],
    ],
    [
      "folds within folds, and no deeper",
      [details([said("a")], [details([said("b")], [details([said("c")], [line(said("d"))])])])],
      [
        {
          ...node("expand", {
            ...node("nestedExpand", paragraph(text("c", "strong")), paragraph(text("d"))),
            attrs: { title: "b" },
          }),
          attrs: { title: "a" },
        },
      ],
    ],
    [
      "fields",
      [{ type: "fields", items: [{ name: "A", value: [said("b")] }] }],
      [node("table", node("tableRow", node("tableHeader", paragraph(text("A"))), node("tableCell", paragraph(text("b")))))],
    ],
    [
      "people it cannot name, and everybody",
      [
        line(
          { type: "mention", target: "user", id: "a b", name: "A" },
          { type: "mention", target: "room", id: "" },
          { type: "mention", target: "user", id: "all" },
        ),
      ],
      [paragraph(text("A@roomall"))],
    ],
    ["a spoiler", parseMarkdown("||a||"), [paragraph(text("(spoiler) a"))]],
    ["a quote of nothing", [{ type: "blockquote", children: [] }], [node("blockquote", paragraph())]],
    ["nothing", [line(said("")), { type: "actions", items: [] }, { type: "list", children: [] }], []],
  ])("writes %s", (_what, content, expected) => {
    const doc = toAdf(content);
    expect(doc.content).toEqual(expected);
    expect(problemsOf(doc)).toEqual([]);
  });

  it("makes documents that are valid by Atlassian's schema of any content, the same ones of the same", () => {
    fc.assert(
      fc.property(fc.oneof(trees, hostileTrees), (content) => {
        const doc = toAdf(content);
        expect(problemsOf(doc)).toEqual([]);
        expect(toAdf(content)).toEqual(doc);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps the words of what nests deeper than anybody reads", () => {
    const deep = Array.from({ length: 300 }).reduce<Content>(
      (children) => [{ type: "blockquote", children }],
      [line(said("word"))],
    );
    const doc = toAdf(deep);
    expect(problemsOf(doc)).toEqual([]);
    expect(JSON.stringify(doc)).toContain("word");
  });

  it.each(Object.entries(textBombs))("takes time in proportion to the text: %s", (_name, bomb) => {
    const [quarter, whole] = [parseMarkdown(bomb(25_600)), parseMarkdown(bomb(102_400))];
    expect(processorMs(() => toAdf(whole))).toBeLessThan(processorMs(() => toAdf(quarter)) * 9 + 30);
  });
});

import { processorMs } from "@devflow/conformance";
import { plainText } from "@devflow/gateway/kit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readContent } from "../../src/normalize/blocks.ts";
import { parseMrkdwn } from "../../src/normalize/mrkdwn.ts";

const section = (...elements: object[]) => ({ type: "rich_text_section", elements });
const text = (value: string, style?: object) => ({ type: "text", text: value, ...(style && { style }) });
const rich = (...elements: object[]) => ({ blocks: [{ type: "rich_text", elements }] });
const paragraph = (...children: object[]) => ({ type: "paragraph", children });
const words = (value: string) => ({ type: "text", value });

describe("rich text", () => {
  it("keeps style, links, people and emoji", () => {
    const elements = [
      text("a", { bold: true, italic: true }),
      text("b", { code: true }),
      text("c", { strike: true }),
      { type: "link", url: "https://a.b", text: "docs" },
      { type: "user", user_id: "U1" },
      { type: "usergroup", usergroup_id: "S1" },
      { type: "channel", channel_id: "C1" },
      { type: "broadcast", range: "here" },
      { type: "emoji", name: "tada" },
      { type: "emoji", name: "+1", unicode: "1f44d-1f3fd" },
      { type: "emoji", name: "custom" },
      { type: "date", timestamp: 1, fallback: "today" },
      { type: "unheard_of" },
    ];
    expect(readContent(rich(section(...elements)))).toEqual([
      paragraph(
        { type: "strong", children: [{ type: "emphasis", children: [words("a")] }] },
        { type: "inlineCode", value: "b" },
        { type: "delete", children: [words("c")] },
        { type: "link", url: "https://a.b", children: [words("docs")] },
        { type: "mention", target: "user", id: "U1" },
        { type: "mention", target: "group", id: "S1" },
        { type: "mention", target: "channel", id: "C1" },
        { type: "mention", target: "room", id: "here", name: "@here" },
        { type: "emoji", name: "tada", value: "🎉" },
        { type: "emoji", name: "+1", value: "👍🏽" },
        { type: "emoji", name: "custom" },
        words("today"),
      ),
    ]);
  });

  it("lesson 40: nests lists that Slack sends flat", () => {
    const list = (indent: number, style: string, ...items: string[]) => ({
      type: "rich_text_list",
      indent,
      style,
      elements: items.map((item) => section(text(item))),
    });
    const item = (value: string, ...more: object[]) => ({ type: "listItem", children: [paragraph(words(value)), ...more] });
    const content = readContent(
      rich(list(0, "bullet", "a", "b"), list(1, "ordered", "b1", "b2"), list(0, "bullet", "c"), section(text("end"))),
    );
    expect(content).toEqual([
      {
        type: "list",
        ordered: false,
        children: [
          item("a"),
          item("b", { type: "list", ordered: true, start: 1, children: [item("b1"), item("b2")] }),
          item("c"),
        ],
      },
      paragraph(words("end")),
    ]);
  });

  it("reads quotes and code", () => {
    const content = readContent(
      rich({ type: "rich_text_quote", elements: [text("q")] }, { type: "rich_text_preformatted", elements: [text("x *y*\n")] }),
    );
    expect(content).toEqual([
      { type: "blockquote", children: [paragraph(words("q"))] },
      { type: "code", value: "x *y*" },
    ]);
  });
});

describe("other blocks", () => {
  it("reads what apps send", () => {
    const blocks = [
      { type: "header", text: { type: "plain_text", text: "Build" } },
      { type: "section", text: { type: "mrkdwn", text: "*failed*" }, fields: [{ type: "mrkdwn", text: "*Branch*\nmain" }] },
      { type: "divider" },
      { type: "image", image_url: "https://a.b/c.png", alt_text: "graph" },
      { type: "context", elements: [{ type: "plain_text", text: "by CI" }] },
      {
        type: "actions",
        elements: [
          { type: "button", action_id: "retry::1", text: { type: "plain_text", text: "Retry" }, value: "7" },
          { type: "button", text: { type: "plain_text", text: "Open" }, url: "https://a.b" },
        ],
      },
      { type: "unheard_of" },
    ];
    expect(readContent({ blocks, text: "fallback" })).toEqual([
      { type: "heading", depth: 1, children: [words("Build")] },
      paragraph({ type: "strong", children: [words("failed")] }),
      { type: "fields", items: [{ name: "Branch", value: [words("main")] }] },
      { type: "thematicBreak" },
      paragraph({ type: "image", url: "https://a.b/c.png", alt: "graph" }),
      paragraph(words("by CI")),
      {
        type: "actions",
        items: [
          { kind: "button", id: "retry", label: "Retry", value: "7" },
          { kind: "link", label: "Open", url: "https://a.b" },
        ],
      },
    ]);
  });

  it("reads messages that are attachments alone, and leaves unfurls out", () => {
    const card = { title: "Alert", title_link: "https://a.b", text: "CPU *high*", fields: [{ title: "Host", value: "db1" }] };
    const content = readContent({ text: "", attachments: [card, { from_url: "https://x.y", text: "unfurled" }] });
    expect(plainText(content)).toBe("Alert\n\nCPU high\n\nHost: db1");
    expect(plainText(readContent({ attachments: [{ fallback: "only this" }] }))).toBe("only this");
  });
});

describe("mrkdwn", () => {
  const inline = (source: string) => (parseMrkdwn(source)[0] as { children?: unknown } | undefined)?.children;

  it("marks words and nothing else", () => {
    expect(inline("*a* _b_ ~c~ `d`")).toEqual([
      { type: "strong", children: [words("a")] },
      words(" "),
      { type: "emphasis", children: [words("b")] },
      words(" "),
      { type: "delete", children: [words("c")] },
      words(" "),
      { type: "inlineCode", value: "d" },
    ]);
    for (const plain of ["2*3*4", "snake_case_name", "* a *", "*open", "a ** b", "10:30:00", ":nobody:"])
      expect(inline(plain)).toEqual([words(plain)]);
    expect(inline("*_a_*")).toEqual([{ type: "strong", children: [{ type: "emphasis", children: [words("a")] }] }]);
  });

  it("reads tokens", () => {
    expect(inline("<!here> <!subteam^S1|@team> <#C1|ops> <!date^1^x|noon> <mailto:a@b.c|a@b.c> <nothing>")).toEqual([
      { type: "mention", target: "room", id: "here", name: "@here" },
      words(" "),
      { type: "mention", target: "group", id: "S1", name: "team" },
      words(" "),
      { type: "mention", target: "channel", id: "C1", name: "ops" },
      words(" noon "),
      { type: "link", url: "mailto:a@b.c", children: [words("a@b.c")] },
      words(" <nothing>"),
    ]);
  });

  it("reads fences and quotes", () => {
    expect(parseMrkdwn("a\n&gt; q1\n&gt; q2\nb\n```\nx &lt; y\n```")).toEqual([
      paragraph(words("a")),
      { type: "blockquote", children: [paragraph(words("q1\nq2"))] },
      paragraph(words("b")),
      { type: "code", value: "x < y" },
    ]);
  });

  it("loses no word of any text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("Q", "*", "_", "~", "`", " ", "\n", "<", ">", "&amp;", "<@U1>", ":tada:", "```", "&gt;"), {
          maxLength: 40,
        }),
        (parts) => {
          const count = parts.filter((part) => part === "Q").length;
          expect(plainText(parseMrkdwn(parts.join(""))).split("Q").length - 1).toBe(count);
        },
      ),
    );
  });

  it("takes time in proportion to the text", () => {
    for (const bomb of ["<@", "*a ", "`", "_*~", "&gt; ", "```", ":a", "<<<<", "*_~".repeat(3)]) {
      const source = bomb.repeat(Math.ceil(100_000 / bomb.length));
      expect(processorMs(() => void parseMrkdwn(source))).toBeLessThan(500);
    }
  });
});

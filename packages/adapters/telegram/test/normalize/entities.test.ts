import type { Content, Inline } from "@devflow/gateway/contract";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentOf } from "../../src/normalize/entities.ts";

const self = { id: "123456", handle: "rig_bot" };
const read = (text: string, ...entities: readonly object[]): Content => contentOf(text, entities, self);
const span = (type: string, offset: number, length: number, more: object = {}): object => ({ type, offset, length, ...more });

function inlines(content: Content): readonly Inline[] {
  const [block] = content;
  return block?.type === "paragraph" ? block.children : [];
}

/** All characters of a tree. */
function characters(value: unknown): string {
  if (Array.isArray(value)) return value.map(characters).join("");
  if (typeof value !== "object" || value === null) return "";
  const node = value as { value?: string; children?: unknown; type?: string; name?: string };
  if (node.type === "mention") return node.name ?? "";
  return (node.value ?? "") + characters(node.children);
}

describe("entities", () => {
  it.each([
    ["bold", "strong"],
    ["italic", "emphasis"],
    ["strikethrough", "delete"],
    ["spoiler", "spoiler"],
  ])("reads %s", (entity, node) => {
    expect(inlines(read("a bc d", span(entity, 2, 2)))).toEqual([
      { type: "text", value: "a " },
      { type: node, children: [{ type: "text", value: "bc" }] },
      { type: "text", value: " d" },
    ]);
  });

  it("nests them", () => {
    expect(inlines(read("abcd", span("italic", 1, 2), span("bold", 0, 4)))).toEqual([
      {
        type: "strong",
        children: [
          { type: "text", value: "a" },
          { type: "emphasis", children: [{ type: "text", value: "bc" }] },
          { type: "text", value: "d" },
        ],
      },
    ]);
  });

  it("reads links of every sort", () => {
    expect(inlines(read("see here", span("text_link", 4, 4, { url: "https://example.com" })))[1]).toMatchObject({
      type: "link",
      url: "https://example.com",
    });
    expect(inlines(read("example.com", span("url", 0, 11)))).toMatchObject([{ type: "link", url: "http://example.com" }]);
    expect(inlines(read("a@b.example", span("email", 0, 11)))).toMatchObject([{ type: "link", url: "mailto:a@b.example" }]);
  });

  it("reads code, quotes and paragraphs as blocks", () => {
    const text = "first\n\nsecond\ncode()\nquoted";
    expect(read(text, span("pre", 14, 6, { language: "ts" }), span("blockquote", 21, 6), span("bold", 21, 6))).toEqual([
      { type: "paragraph", children: [{ type: "text", value: "first" }] },
      { type: "paragraph", children: [{ type: "text", value: "second" }] },
      { type: "code", lang: "ts", value: "code()" },
      {
        type: "blockquote",
        children: [{ type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: "quoted" }] }] }],
      },
    ]);
  });

  it("names people it can name, and leaves other @names as they are", () => {
    const mention = inlines(
      read("@rig_bot @ada Bob", span("mention", 0, 8), span("mention", 9, 4), span("text_mention", 14, 3, { user: { id: 5 } })),
    );
    expect(mention).toEqual([
      { type: "mention", target: "user", id: "123456", name: "rig_bot" },
      { type: "text", value: " " },
      { type: "text", value: "@ada" },
      { type: "text", value: " " },
      { type: "mention", target: "user", id: "5", name: "Bob" },
    ]);
  });

  it("reads Telegram's own emoji with the one that stands for it", () => {
    expect(inlines(read("👍", span("custom_emoji", 0, 2, { custom_emoji_id: "555" })))).toEqual([
      { type: "emoji", name: "555", value: "👍" },
    ]);
  });

  it("loses no character, whatever the entities say", () => {
    const types = [
      "bold",
      "italic",
      "pre",
      "code",
      "blockquote",
      "expandable_blockquote",
      "url",
      "text_link",
      "spoiler",
      "mention",
      "no_such_type",
    ];
    const entities = fc.array(
      fc.record({
        type: fc.constantFrom(...types),
        offset: fc.integer({ min: -3, max: 40 }),
        length: fc.integer({ min: -3, max: 40 }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }).map((text) => text.replaceAll("\n", " ")),
        entities,
        (text, list) => {
          expect(characters(contentOf(text, list, self)).replaceAll("\n", "")).toBe(text);
        },
      ),
    );
  });

  it("takes a thousand nested entities without exhausting anything", () => {
    const entities = Array.from({ length: 5_000 }, (_, at) => span("bold", 0, 10_000 - at));
    expect(characters(contentOf("x".repeat(10_000), entities, self))).toHaveLength(10_000);
  });
});

import { describe, expect, it } from "vitest";
import { eventOf, message, us } from "../support/updates.ts";

describe("rich messages", () => {
  it("have a text and a tree, though there is no `text`", () => {
    const blocks = [
      { type: "heading", size: 2, text: "Release" },
      {
        type: "paragraph",
        text: ["it is ", { type: "bold", text: "done" }, " ", { type: "url", text: "log", url: "https://example.com/log" }],
      },
      {
        type: "list",
        items: [
          { label: "1.", value: 1, blocks: [{ type: "paragraph", text: "one" }] },
          { label: "2.", value: 2, blocks: [] },
        ],
      },
      {
        type: "list",
        items: [{ label: "•", has_checkbox: true, is_checked: true, blocks: [{ type: "paragraph", text: "tick" }] }],
      },
      { type: "pre", text: "npm test", language: "sh" },
      { type: "blockquote", blocks: [{ type: "paragraph", text: "said" }], credit: "Ada" },
      {
        type: "table",
        cells: [
          [{ text: "a" }, { text: "b" }],
          [{ text: "1" }, {}],
        ],
      },
      { type: "divider" },
      { type: "details", summary: "more", blocks: [{ type: "paragraph", text: { type: "spoiler", text: "hidden" } }] },
    ];
    const { message: read } = eventOf({ message: message({ rich_message: { blocks } }) }, "message.created");
    expect(read.content.map(({ type }) => type)).toEqual([
      "heading",
      "paragraph",
      "list",
      "list",
      "code",
      "blockquote",
      "table",
      "thematicBreak",
      "paragraph",
      "paragraph",
    ]);
    expect(read.content[0]).toEqual({ type: "heading", depth: 2, children: [{ type: "text", value: "Release" }] });
    expect(read.content[2]).toMatchObject({ ordered: true, start: 1 });
    expect(read.content[3]).toMatchObject({ ordered: false, children: [{ checked: true }] });
    for (const word of ["Release", "it is done", "one", "tick", "npm test", "said", "Ada", "more", "hidden"])
      expect(read.text).toContain(word);
    expect(read.attachments).toEqual([]);
  });

  it("carry media as attachments, with their captions as text", () => {
    const blocks = [
      { type: "photo", photo: [{ file_id: "p" }], caption: { text: "the graph" } },
      {
        type: "collage",
        blocks: [
          { type: "video", video: { file_id: "v" } },
          { type: "voice_note", voice_note: { file_id: "o" } },
        ],
      },
      { type: "map", location: { latitude: 1, longitude: 2 } },
      { type: "hologram" },
    ];
    const { message: read } = eventOf({ message: message({ rich_message: { blocks } }) }, "message.created");
    expect(read.attachments.map(({ kind }) => kind)).toEqual(["image", "video", "voice", "location", "unsupported"]);
    expect(read.text).toContain("the graph");
  });

  it("mention us by name or id, at any depth", () => {
    const said = (text: object): boolean =>
      eventOf(
        {
          message: message({
            rich_message: { blocks: [{ type: "blockquote", blocks: [{ type: "paragraph", text: [{ type: "bold", text }] }] }] },
          }),
        },
        "message.created",
      ).message.addressed;
    expect(said({ type: "mention", text: "@rig_bot", username: "rig_bot" })).toBe(true);
    expect(said({ type: "text_mention", text: "you", user: us })).toBe(true);
    expect(said({ type: "mention", text: "@rig_bot_dev", username: "rig_bot_dev" })).toBe(false);
  });

  it("end somewhere, however deep they are nested", () => {
    let text: unknown = "core";
    for (let depth = 0; depth < 1_000; depth++) text = { type: "bold", text };
    expect(
      () =>
        eventOf({ message: message({ rich_message: { blocks: [{ type: "paragraph", text }] } }) }, "message.created").message
          .content,
    ).not.toThrow();
  });
});

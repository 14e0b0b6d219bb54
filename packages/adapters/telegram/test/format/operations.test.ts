import type { Address, Operation } from "@devflow/gateway/contract";
import { degrade, parseMarkdown, splitContent } from "@devflow/gateway/kit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capabilities } from "../../src/capability.ts";
import { formatter, plainOf } from "../../src/format/index.ts";
import { renderHtml } from "../../src/format/html.ts";
import type { TelegramBody, TelegramCall } from "../../src/wire/index.ts";

const person: Address = { platform: "telegram", account: "123456", room: "42" };

function only(operation: Operation, to: Address = person): TelegramCall | undefined {
  const { calls } = formatter.format(operation, to) as TelegramBody;
  return calls.length === 1 ? calls[0] : undefined;
}

describe("operations", () => {
  it("delete, also in a business chat", () => {
    expect(only({ kind: "message.delete", messageId: "7" })).toEqual({ method: "deleteMessage", params: {} });
    expect(only({ kind: "message.delete", messageId: "7" }, { ...person, room: "42@conn" })?.method).toBe(
      "deleteBusinessMessages",
    );
  });

  it("react with what Telegram's list spells, and take it back", () => {
    const react = (emoji: string): unknown => only({ kind: "reaction.add", messageId: "7", emoji })?.params.reaction;
    expect(react("👍")).toEqual([{ type: "emoji", emoji: "👍" }]);
    expect(react("❤\u{FE0F}")).toEqual([{ type: "emoji", emoji: "❤" }]);
    expect(react("5368324170671202286")).toEqual([{ type: "custom_emoji", custom_emoji_id: "5368324170671202286" }]);
    expect(only({ kind: "reaction.remove", messageId: "7", emoji: "👍" })?.params).toEqual({ reaction: [] });
  });

  it("show typing", () => {
    expect(only({ kind: "typing.start" })).toEqual({ method: "sendChatAction", params: { action: "typing" } });
  });

  it("have no forms", () => {
    const form: Operation = { kind: "form.open", trigger: "t", form: { id: "f", title: "F", fields: [] } };
    expect(() => only(form)).toThrow(expect.objectContaining({ code: "operation.unsupported" }));
  });
});

describe("drafts that stream", () => {
  const append = (full: string): TelegramCall | undefined =>
    only({ kind: "stream.append", messageId: "draft:1", text: "", full });

  it("show all of the text so far", () => {
    expect(only({ kind: "stream.begin", text: "Once **up" })).toEqual({
      method: "sendMessageDraft",
      params: { text: "Once **up", parse_mode: "HTML" },
    });
    expect(append("Once **upon** a")?.params).toEqual({ text: "Once <b>upon</b> a", parse_mode: "HTML" });
  });

  it("without text yet show that we think", () => {
    expect(only({ kind: "stream.begin", text: " " })).toEqual({ method: "sendMessageDraft", params: {} });
  });

  it("lesson 15: read the same as the finished message, and as an edit", () => {
    const markdown = "# Head\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[x](https://example.com) `code` [Ada](mention:user:1)";
    const { content } = degrade(parseMarkdown(markdown), capabilities(person));
    const draft = { content, attachments: [] };
    const shown = [
      append(markdown),
      only({ kind: "stream.end", messageId: "draft:1", text: "", draft }),
      only({ kind: "message.post", draft }),
      only({ kind: "message.edit", messageId: "1", draft }),
    ].map((call) => call?.params.text);
    expect(new Set(shown).size).toBe(1);
  });

  it("lesson 18: are cut where grammar allows, when they grow too long", () => {
    const text = String(append("**word** ".repeat(2000))?.params.text);
    expect(plainOf(text).length).toBeLessThanOrEqual(4096);
    expect(text.match(/<b>/g)).toHaveLength(text.match(/<\/b>/g)?.length ?? -1);
  });
});

describe("texts", () => {
  it("lesson 17: however long, fit when split, with every tag closed and no character lost", () => {
    const words = fc.array(
      fc.constantFrom(
        "**bold** ",
        "_it_ ",
        "`c<o>de` ",
        "[a_b](https://example.com/a_b) ",
        "\\ ",
        "~~x~~ ",
        "||s|| ",
        "\n\n",
        "👩‍👩‍👧‍👦",
      ),
      { minLength: 600, maxLength: 1500 },
    );
    fc.assert(
      fc.property(words, (parts) => {
        const content = parseMarkdown(parts.join(""));
        for (const part of splitContent(content, 4096, formatter.measure)) {
          const html = renderHtml(part);
          expect(formatter.measure(part)).toBeLessThanOrEqual(4096);
          for (const tag of ["b", "i", "s", "code", "tg-spoiler"]) {
            expect(html.split(`<${tag}>`).length).toBe(html.split(`</${tag}>`).length);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("without their markup are what was measured", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        const content = parseMarkdown(text);
        expect(plainOf(renderHtml(content)).length).toBe(formatter.measure(content));
      }),
    );
  });

  it("count what a keyboard cannot say", () => {
    const select = { type: "actions", items: [{ kind: "select", id: "s", label: "Pick one", options: [] }] } as const;
    expect(formatter.measure([select])).toBe("Pick one".length);
  });
});

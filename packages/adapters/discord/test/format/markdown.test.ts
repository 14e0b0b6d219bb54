import { readFileSync } from "node:fs";
import type { Content, Inline } from "@devflow/gateway/contract";
import { parseMarkdown, splitContent } from "@devflow/gateway/kit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../src/format/markdown.ts";

interface Vector {
  readonly id: string;
  readonly markdown: string;
  readonly expected: string | readonly string[];
  readonly note: string;
}

const file = new URL("../fixtures/format.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as readonly Vector[];
const paragraph = (...children: readonly Inline[]): Content => [{ type: "paragraph", children }];
const text = (value: string): Inline => ({ type: "text", value });

describe("vectors", () => {
  it.each(vectors.map((one) => [one.id, one] as const))("%s", (_, { markdown, expected, note }) => {
    const content = parseMarkdown(markdown);
    const limit = Number(/limit=(\d+)/.exec(note)?.[1]);
    const rendered = Array.isArray(expected)
      ? splitContent(content, limit, (part) => renderMarkdown(part).length).map((part) => renderMarkdown(part))
      : renderMarkdown(content);
    expect(rendered).toEqual(expected);
  });
});

describe("what vectors leave open", () => {
  it.each<[string, string]>([
    ["Hi [Ada](mention:user:123)!", "Hi <@123>!"],
    ["[x](mention:channel:5) [y](mention:group:6)", "<#5> <@&6>"],
    ["@everyone @here", "@\u200beveryone @\u200bhere"],
    ["**a\nb**", "**a\nb**"],
    ["snake_case 2*3", "snake\\_case 2\\*3"],
    ["[mail](mailto:a@b.c)", "mail (a@b.c)"],
    ["a@b.co", "a@b.co"],
    ["[https://good.example](https://evil.example/x)", "https://evil.example/x"],
    ["# A `b`", "# A `b`"],
    ["> ```\n> x\n> ```", "> ```\n> x\n> ```"],
    ["~~~\n`````\n~~~", "```\n``\u200b``\u200b`\n```"],
    ["1. a\n   - b", "1. a\n  - b"],
    ["- [ ] a\n- [x] b", "- ☐ a\n- ☑ b"],
    ["a\n\n---\n\nb", "a\n\n──────────\n\nb"],
  ])("%j", (markdown, expected) => {
    expect(renderMarkdown(parseMarkdown(markdown))).toBe(expected);
  });

  it("pings everybody only when it may", () => {
    const room = paragraph({ type: "mention", target: "room", id: "room", name: "@all" });
    expect(renderMarkdown(room)).toBe("@all");
    expect(renderMarkdown(room, { broadcast: true })).toBe("@everyone");
  });

  it("keeps a mention with a foreign id as its name", () => {
    const mention = paragraph({ type: "mention", target: "user", id: "U123> <@5", name: "Ada" });
    expect(renderMarkdown(mention)).toBe("Ada");
  });

  it("writes custom emoji as Discord does, and others as they are", () => {
    const emoji = paragraph({ type: "emoji", name: "blob:1" }, text(" "), { type: "emoji", name: "a:blob:2" }, text(" "), {
      type: "emoji",
      name: "tada",
      value: "🎉",
    });
    expect(renderMarkdown(emoji)).toBe("<:blob:1> <a:blob:2> 🎉");
  });

  it("keeps marks apart that would run together", () => {
    const both = paragraph({ type: "strong", children: [text("a")] }, { type: "emphasis", children: [text("b")] });
    expect(renderMarkdown(both)).toBe("**a**\u200b*b*");
  });
});

describe("any text", () => {
  const nasty = fc.string({
    unit: fc.constantFrom(..."ab *_~`|[]()<>@#:&!-+.1\n/\\", "everyone", "here", "<@1>", "https://e.c/_x_"),
  });

  it("is shown with every character of it", () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const rendered = renderMarkdown(paragraph(text(value)));
        const read = rendered.replaceAll("\u200b", "").replaceAll(/\\([\\*_~`|[#>+.-])/g, "$1");
        const plain = value.replaceAll(/\\([\\*_~`|[#>+.-])/g, "$1");
        expect(read.replaceAll("\\", "").trim()).toBe(plain.replaceAll("\\", "").trim());
      }),
    );
  });

  it("names nobody", () => {
    fc.assert(
      fc.property(nasty, (value) => {
        expect(renderMarkdown(paragraph(text(value)))).not.toMatch(/<[@#:]|<a:\w|<t:\d|@everyone|@here/);
      }),
    );
  });

  it("opens no style: every sign is escaped outside of addresses", () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const rendered = renderMarkdown(paragraph(text(value))).replaceAll(/https?:\/\/[^\s<>]+/g, "");
        expect(rendered.replaceAll(/\\[\s\S]/g, "·")).not.toMatch(/[*_~`]|\|\|/);
      }),
    );
  });

  it("begins no block", () => {
    fc.assert(
      fc.property(nasty, (value) => {
        for (const line of renderMarkdown(paragraph(text(value))).split("\n"))
          expect(line).not.toMatch(/^\s*(?:#{1,3} |-# |> |>>> |[-+] |\d{1,9}\. )/);
      }),
    );
  });
});

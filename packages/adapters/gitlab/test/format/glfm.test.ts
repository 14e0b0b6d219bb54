import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Content } from "@devflow/gateway/contract";
import { parseMarkdown, printMarkdown } from "@devflow/gateway/kit";
import { draft, format, normalize, only } from "../support/index.ts";
import { noteHook } from "../support/payloads.ts";

interface Vector {
  readonly id: string;
  readonly from?: string;
  readonly in?: string;
  readonly out?: string;
  readonly text?: string;
  readonly markdown?: string;
}
const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/format.json"), "utf8")) as Record<
  "markdownToMarkdown" | "fromText",
  readonly Vector[]
>;

const said = (content: string | Content, native?: Record<string, unknown>, broadcast = false): string => {
  const rest = { broadcast, ...(native && { native: { gitlab: native } }) };
  return String(format({ kind: "message.post", draft: draft(content, rest) }).fields["body"]);
};
const plain = (value: string): Content => [{ type: "paragraph", children: [{ type: "text", value }] }];

describe("vectors", () => {
  it.each(vectors.markdownToMarkdown.filter(({ from }) => from === "github").map((one) => [one.id, one] as const))(
    "%s",
    (_, one) => {
      expect(said(one.in ?? "")).toBe(one.out);
    },
  );

  it.each(vectors.fromText.map((one) => [one.id, one] as const))("%s", (_, one) => {
    expect(said(plain(one.text ?? ""))).toBe(one.markdown);
  });

  it("n-close: what leaves GitLab has links for its references", () => {
    const project = { path_with_namespace: "g/p", web_url: "https://gitlab.com/g/p" };
    const { message } = only(normalize({ ...noteHook({ note: "Closes #4" }), project }), "message.created");
    expect(printMarkdown(message.content)).toBe(vectors.markdownToMarkdown.find(({ id }) => id === "n-close")?.out);
  });
});

describe("text that is to stay text", () => {
  it.each([
    ["/assign @root", "\\/assign \\@root"],
    ["fine\n  /merge", "fine\\\n\\/merge"],
    ["a/b and/or c", "a/b and/or c"],
    ["group/app#12 and group/app!3", "group/app\\#12 and group/app\\!3"],
    ["jane@acme.com", "<jane@acme.com>"],
    ["&#1a;", "&\\#1a;"],
    ["costs $5, 50% off%now", "costs \\$5, 50% off\\%now"],
    ["[issue:12] GL-4", "[\u200bissue:12] GL\u200b-4"],
    ["all: @all, @ALL, @all-hands", "all: `@all`, `@all`, \\@all-hands"],
  ])("%j", (text, expected) => {
    const content = text.includes("jane") ? parseMarkdown(text) : plain(text);
    expect(said(content)).toBe(expected);
  });

  it("is not disarmed in code, where GitLab reads nothing", () => {
    expect(said("`@ada #1`\n\n```\nx\n@all\n```")).toBe("`@ada #1`\n\n```\nx\n@all\n```");
  });

  it("has no line of code that begins with a quick action, and code that stays what it was", () => {
    for (const value of ["/close", "```\n/close", "a\n~~~\n\n  /assign @root\n/merge", "`` ` ``\n/close\n````"]) {
      const code: Content = [
        { type: "paragraph", children: [{ type: "inlineCode", value: "``" }] },
        { type: "code", lang: "sh", value },
      ];
      const body = said(code);
      expect(body).not.toMatch(/^\//m);
      expect(parseMarkdown(body)).toEqual([code[0], expect.objectContaining({ type: "code", lang: "sh", value })]);
      expect(said(code, { quickActions: true })).toMatch(/^\//m);
    }
    expect(said("```\na/b\n /x\n```")).toBe("```\na/b\n /x\n```");
  });

  it("escapes behind a backslash of the text's own", () => {
    expect(said(plain("\\@ada \\#1"))).toBe("\\\\\\@ada \\\\\\#1");
  });

  it("breaks no reference that the printer makes", () => {
    expect(said("| a |\n| - |\n| `x` \\| #1 |")).toBe("| a |\n| --- |\n| `x` \\| \\#1 |");
  });

  it("never lets a line of text begin with a quick action, nor a name notify", () => {
    const part = fc.constantFrom(
      "/close",
      "@all",
      "@ada",
      "#1",
      "!2",
      "\n",
      " ",
      "*",
      "_",
      "`",
      "\\",
      "> ",
      "- ",
      "a",
      "&",
      ";",
      "12",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const body = said([...plain(parts.join("")), ...plain("end")]);
        // GitLab reads nothing within code, and nothing in what is behind a backslash.
        const rest = body.replace(/\\[!-/:-@[-`{-~]|(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, (found) =>
          found.startsWith("\\") ? "·" : "code",
        );
        expect(rest).not.toMatch(/^\s*\/close/m);
        expect(rest, body).not.toMatch(/(?<!\w)(?:@(?=[a-z])|[#!](?=\d))/);
      }),
      { numRuns: 400, seed: 20_260_101 },
    );
  });
});

describe("what is asked for", () => {
  it("lets references be references, but for everybody", () => {
    expect(said("@ada #5 !6 ~bug %v1 @all", { references: true })).toBe("@ada #5 !6 ~bug %v1 `@all`");
    expect(said("@all", { references: true }, true)).toBe("@all");
  });

  it("lets quick actions act", () => {
    expect(said("/close", { quickActions: true })).toBe("/close");
  });

  it("sends neither word to GitLab, and the rest", () => {
    const native = { gitlab: { references: true, quickActions: true, internal: true } };
    const { fields } = format({ kind: "message.post", draft: draft("x", { native }) });
    expect(fields).toEqual({ body: "x", internal: true });
  });
});

describe("mentions", () => {
  it("notify by name", () => {
    expect(said("[Ada](mention:user:ada) [team](mention:group:group/sub)")).toBe("@ada @group/sub");
  });

  it("are text where a number or a name of another platform stands for somebody", () => {
    expect(said("[Ada](mention:user:12) [Bo B](mention:user:U0%2F1)")).toBe("Ada Bo B");
    expect(said([{ type: "paragraph", children: [{ type: "mention", target: "user", id: "12", name: "@ada" }] }])).toBe("@ada");
  });

  it("reach everybody only when the draft lets them", () => {
    expect(said("[all](mention:room)")).toBe("`@all`");
    expect(said("[all](mention:room)", undefined, true)).toBe("@all");
    expect(said("[all](mention:user:all)")).toBe("all");
  });
});

describe("content", () => {
  it("keeps an alert one, and shows a spoiler as what it is", () => {
    expect(said("> [!WARNING]\n> Mind the gap.")).toBe("> [!WARNING]\n> Mind the gap.");
    expect(said("||secret||")).toBe("(spoiler) secret");
  });

  it("has no links that run", () => {
    expect(said("[a](javascript:alert) ![b](data:x)")).toBe("a b");
    expect(said("[up](/uploads/x/y.png)")).toBe("[up](/uploads/x/y.png)");
  });

  it("shows a picture that anybody can fetch, and refuses to say nothing", () => {
    const attachment = { kind: "image" as const, source: { type: "url" as const, url: "https://a.b/c.png" }, name: "c.png" };
    const { fields } = format({ kind: "message.post", draft: draft("Look:", { attachments: [attachment] }) });
    expect(fields["body"]).toBe("Look:\n\n![c.png](https://a.b/c.png)");
    expect(() => format({ kind: "message.post", draft: draft(" ") })).toThrow(/says nothing/);
    expect(() => format({ kind: "message.post", draft: draft("psst", { onlyFor: "12" }) })).toThrow(/one person alone/);
  });
});

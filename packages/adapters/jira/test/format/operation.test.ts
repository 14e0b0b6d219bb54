import { describe, expect, it } from "vitest";
import type { Content, Operation } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { jira } from "../../src/index.ts";
import { draft, issue } from "../support/desk.ts";

const formatted = (operation: Operation, cloud = true): Readonly<Record<string, unknown>> =>
  jira({ deployment: cloud ? "cloud" : "dataCenter" }).formatter.format(operation, issue);

/** Types of all nodes of a document. */
function types(node: unknown): readonly string[] {
  const { type, content = [] } = node as { readonly type: string; readonly content?: readonly unknown[] };
  return [type, ...content.flatMap(types)];
}

const words = [
  "[~accountid:712020:ada]",
  "[~ada]",
  "{panel}x{panel}",
  "!https://x.example/pixel.png!",
  "[^secret.txt]",
  "@all",
  "h1. x",
  "|| a ||",
];
const hostile: Content = words.map((value) => ({ type: "paragraph", children: [{ type: "text", value }] }));

describe("text that somebody else wrote", () => {
  it("is text in a document", () => {
    const { body } = formatted({ kind: "message.post", draft: { content: hostile, attachments: [] } });
    expect(new Set(types(body))).toEqual(new Set(["doc", "paragraph", "text"]));
  });

  it("is no markup in wiki text: no mention, macro, picture, file or heading is left", () => {
    const { body } = formatted({ kind: "message.post", draft: { content: hostile, attachments: [] } }, false);
    for (const mark of [/(?<!\\)\[~/, /(?<!\\)\{panel/, /(?<!\\)!https/, /(?<!\\)\[\^/, /^h1\. /m, /^\|\|/m])
      expect(body).not.toMatch(mark);
  });
});

describe("a mention", () => {
  it("is one where the author makes one", () => {
    const content: Content = [
      { type: "paragraph", children: [{ type: "mention", target: "user", id: "712020:ada", name: "Ada" }] },
    ];
    const { body } = formatted({ kind: "message.post", draft: { content, attachments: [] } });
    expect(types(body)).toContain("mention");
    const server: Content = [{ type: "paragraph", children: [{ type: "mention", target: "user", id: "ada" }] }];
    expect(formatted({ kind: "message.post", draft: { content: server, attachments: [] } }, false)["body"]).toBe("[~ada]");
  });
});

describe("an operation", () => {
  it("without a word is refused, unless it has files", () => {
    expect(() => formatted({ kind: "message.post", draft: draft("") })).toThrow(/nothing to say/);
    const attachments = [{ kind: "file", source: { type: "url", url: "https://x.example/a" } }] as const;
    expect(formatted({ kind: "message.post", draft: draft("", { attachments }) })).toEqual({});
  });

  it("keeps what a field of an issue takes as it is, and clears what is empty", () => {
    expect(
      formatted({ kind: "issue.update", update: { body: "", fields: { x: { value: 1 } }, labels: { add: ["a"] } } }),
    ).toEqual({
      description: null,
      fields: { x: { value: 1 } },
      labels: { add: ["a"] },
    });
    expect(formatted({ kind: "issue.update", update: { body: "" } }, false)).toEqual({ description: "" });
    expect(formatted({ kind: "issue.create", issue: { title: "x", body: "" } })).toEqual({ title: "x" });
    expect(formatted({ kind: "issue.watch", user: { id: "1", kind: "person", self: false }, watch: true })).toEqual({
      user: "1",
      watch: true,
    });
  });

  it("that Jira has not is refused by name", () => {
    expect(() => formatted({ kind: "reaction.add", messageId: "1", emoji: "👍" })).toThrow(/no reaction.add/);
  });

  it("is not made longer than Jira takes", () => {
    const long = "word ".repeat(6_600);
    expect(() => formatted({ kind: "issue.update", update: { body: long } })).toThrow(
      /32767 characters, and this text has 32999/,
    );
    expect(jira().formatter.measure(parseMarkdown(long))).toBe(32_999);
  });
});

import { describe, expect, it } from "vitest";
import { mentionsName, parseMarkdown, scanMentions } from "../../src/kit/index.ts";

describe("scanMentions", () => {
  it.each([
    ["@acme hello", ["acme"]],
    ["hi @acme, @Bob!", ["acme", "Bob"]],
    ["(@acme) \"@bob\" '@eve'", ["acme", "bob", "eve"]],
    ["@acme.", ["acme"]],
    ["@bot-dev @bot.two @bot_3", ["bot-dev", "bot.two", "bot_3"]],
    ["@bot-", ["bot"]],
    ["見て@太郎", []],
    ["見て @太郎。", ["太郎"]],
    ["jane@acme.com", []],
    ["mailto:@acme", []],
    ["https://e.com/@acme", []],
    ["npm i @acme/tools", []],
    ["@acme@host.org", []],
    ["@@acme", []],
    ["a_@acme", []],
    ["@", []],
    ["@ acme", []],
  ])("finds in %j: %j", (text, names) => {
    expect(scanMentions(text).map((mention) => mention.name)).toEqual(names);
  });

  it("says where", () => {
    const [found] = scanMentions("hi @ada!");
    expect(found).toEqual({ name: "ada", from: 3, end: 7 });
  });

  it("takes time in proportion to the text", () => {
    const text = "a@b.@c-".repeat(60_000);
    const before = process.cpuUsage();
    scanMentions(text);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500);
  });
});

describe("mentionsName", () => {
  it.each([
    ["hey @Bot do it", true],
    ["hey @bot-dev", false],
    ["bot@acme.com", false],
    ["run `@bot go`", false],
    ["```\n@bot\n```", false],
    ["[x](https://e.com/@bot) [@bot](https://e.com)", false],
    ["> **@bot**", true],
    ["|@bot|\n|-|", true],
  ])("sees in the Markdown %j: %s", (markdown, mentioned) => {
    expect(mentionsName(parseMarkdown(markdown), "bot")).toBe(mentioned);
  });

  it("compares without case", () => {
    expect(mentionsName("@ACME", "acme")).toBe(true);
  });
});

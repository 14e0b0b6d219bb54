import type { Content } from "@devflow/gateway/contract";
import { parseMarkdown, splitContent } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { clip, hardLimit, measure, textLimit } from "../../src/format/size.ts";
import { toWiki } from "../../src/format/wiki/index.ts";

const url = "https://example.com/issues/1";
const all = `Full text: ${url}`;

describe("measure", () => {
  it("counts what the wiki's markup takes", () => {
    expect(measure([])).toBe(0);
    expect(measure(parseMarkdown("**a**"))).toBe(3);
  });

  it("lets a text be split so that every part fits", () => {
    const content = parseMarkdown(`${"word *b* ".repeat(2_000)}\n\n${"- item {x}\n".repeat(4_000)}`);
    const parts = splitContent(content, textLimit, measure);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(toWiki(part).length).toBeLessThanOrEqual(textLimit);
  });
});

describe("clip", () => {
  it("leaves alone what fits", () => {
    const content = parseMarkdown("a");
    expect(clip(content, url)).toBe(content);
  });

  it.each<[string, Content]>([
    ["one endless word", parseMarkdown("a".repeat(40_000))],
    ["endless code", [{ type: "code", value: "line\n".repeat(10_000) }]],
    ["characters of two units", parseMarkdown("👍".repeat(20_000))],
    ["many blocks", parseMarkdown("a *b*\n\n".repeat(10_000))],
  ])("cuts %s, and says where all of it is", (_what, content) => {
    const text = toWiki(clip(content, url, hardLimit));
    expect(text.length).toBeLessThanOrEqual(hardLimit);
    expect(text.length).toBeGreaterThan(hardLimit - 200);
    expect(text.endsWith(`\n\n${all}`)).toBe(true);
    expect(text.isWellFormed()).toBe(true);
    expect((text.match(/\{noformat\}/g) ?? []).length % 2).toBe(0);
  });
});

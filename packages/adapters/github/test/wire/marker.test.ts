import { processorMs } from "@devflow/conformance";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textLimit } from "../../src/capability.ts";
import { isMarked, isMarkedBy, marked, markerLength, unmarked } from "../../src/wire/index.ts";

describe("the marker", () => {
  it("fits beside the longest text, is recognised whatever the text, and goes without a trace", () => {
    expect(textLimit + markerLength).toBeLessThanOrEqual(65_536);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, key) => {
        const whole = marked(text, key);
        expect(whole.length - text.length).toBeLessThanOrEqual(markerLength);
        expect([isMarked(whole), isMarkedBy(whole, key), isMarkedBy(whole, `${key}.`)]).toEqual([true, true, false]);
        expect(isMarked(`${whole}\r\n`.replaceAll("\n", "\r\n"))).toBe(true);
        expect(unmarked(whole)).toBe(text.replace(/\n+$/, ""));
      }),
      { seed: 3 },
    );
  });

  it("is not ours in the middle of a text, changed, or pasted below another text", () => {
    const whole = marked("ours", "k");
    for (const text of [
      `${whole}\nmore`,
      whole.replace("ours", "theirs"),
      `theirs ${whole}`,
      whole.replace("<!-- devflow", "<!-- other"),
      "",
    ])
      expect(isMarked(text)).toBe(false);
    expect(isMarkedBy(`theirs\n\n${whole.slice(6)}`, "k")).toBe(true);
    expect(unmarked("a <!-- devflow --> b")).toBe("a <!-- devflow --> b");
  });

  it("is looked for in linear time", () => {
    const text = "<!-- devflow ".repeat(20_000);
    const spent = processorMs(() => {
      for (let time = 0; time < 20; time++) isMarked(text);
    });
    expect(spent).toBeLessThan(500);
  });
});

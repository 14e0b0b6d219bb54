import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutMarkdown } from "../../src/outbox/cut.ts";

describe("cutMarkdown", () => {
  it.each([
    ["fits", "one two", 10, "one two", ""],
    ["between paragraphs", "one two\n\nthree four", 12, "one two\n\n", "three four"],
    ["between lines", "one two\nthree four", 12, "one two\n", "three four"],
    ["between words", "one two three", 9, "one two ", "three"],
    ["anywhere, in a long word", "abcdefghij", 4, "abcd", "efghij"],
    ["never between surrogates", "abc😀def", 4, "abc", "😀def"],
    ["not far before the limit", "a bcdefghijkl", 8, "a bcdefg", "hijkl"],
  ])("%s", (_, text, limit, head, tail) => {
    expect(cutMarkdown(text, limit)).toEqual({ head, tail });
  });

  it.each([
    ["```js\nlet a\nlet b\n```", 12, "```js\nlet a\n```", "```js\nlet b\n```"],
    ["~~~\none\ntwo\n~~~", 9, "~~~\none\n~~~", "~~~\ntwo\n~~~"],
    ["````md\n```\nin\n```\nout\n````", 16, "````md\n```\nin\n````", "````md\n```\nout\n````"],
    ["```\na\n```\n\ntext goes on", 16, "```\na\n```\n\n", "text goes on"],
  ])("closes and opens again the fence that it divides: %j", (text, limit, head, tail) => {
    expect(cutMarkdown(text, limit)).toEqual({ head, tail });
  });

  it("loses no character, makes progress, and halves no pair", () => {
    const piece = fc.constantFrom("word ", "😀", "\n", "\n\n", "x".repeat(30), "é");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 2, max: 50 }), (pieces, limit) => {
        let rest = pieces.join("");
        const whole = rest;
        let out = "";
        while (rest !== "") {
          const { head, tail } = cutMarkdown(rest, limit);
          expect(head.length).toBeGreaterThan(0);
          expect(head.length).toBeLessThanOrEqual(limit);
          expect(head.isWellFormed() && tail.isWellFormed()).toBe(true);
          out += head;
          rest = tail;
        }
        expect(out).toBe(whole);
      }),
      { seed: 5 },
    );
  });
});

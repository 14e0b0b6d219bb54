import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkKey, checkQueueName, clipError, compareBytes } from "../../src/kit/index.ts";

describe("compareBytes", () => {
  it("orders like the bytes of UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it("puts what lies beyond U+FFFF behind all else", () => {
    const sorted = ["", "a", "aa", "b", "\uD7FF", "\uE000", "\uFFFF", "\u{10000}", "\u{10FFFF}"];
    expect(sorted.toReversed().toSorted(compareBytes)).toEqual(sorted);
  });
});

describe("clipError", () => {
  it("keeps short texts and cuts long ones at a whole character of 4 KiB", () => {
    expect(clipError("x".repeat(4_096))).toBe("x".repeat(4_096));
    expect(clipError("x".repeat(4_097))).toBe("x".repeat(4_096));
    expect(clipError(`x${"ä".repeat(3_000)}`)).toBe(`x${"ä".repeat(2_047)}`);
    expect(clipError("\u{1F600}".repeat(2_000))).toBe("\u{1F600}".repeat(1_024));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1_000, maxLength: 3_000 }), (text) => {
        const clipped = clipError(text);
        expect(text.startsWith(clipped)).toBe(true);
        expect(Buffer.byteLength(clipped)).toBeLessThanOrEqual(4_096);
        expect(clipped.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe("names", () => {
  it("refuses keys that bytes cannot tell apart or that are too long", () => {
    for (const bad of ["a\0", "\uD800", "x".repeat(513), "ä".repeat(257)])
      expect(() => checkKey(bad, "key")).toThrow("the key must be");
    for (const good of ["", "x".repeat(512), "ä".repeat(256), "\u{1F600}"]) expect(() => checkKey(good, "key")).not.toThrow();
  });

  it("refuses names of queues that would need quoting somewhere", () => {
    for (const bad of ["", "A", "a b", "a.b", "1a", "a".repeat(49)]) expect(() => checkQueueName(bad)).toThrow("no queue name");
    for (const good of ["a", "inbox", "a_b-c9", "a".repeat(48)]) expect(() => checkQueueName(good)).not.toThrow();
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storeKey } from "../../src/kit/key.ts";
import { checkKey } from "../../src/kit/store.ts";

describe("storeKey", () => {
  it("leaves ordinary ids as they are", () => {
    for (const id of ["slack:Ev1", "matrix/@bot:example.org/!room:example.org", "é".repeat(100), ""])
      expect(storeKey(id)).toBe(id);
  });

  it("gives every other id a name that stores take, with room for what is built on it, and stays what it is", () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const id = fc.oneof(
      fc.array(unit, { maxLength: 300 }).map((units) => units.join("")),
      fc.string({ minLength: 150, maxLength: 900 }),
    );
    fc.assert(
      fc.property(id, (text) => {
        const key = storeKey(text);
        checkKey(`${"x".repeat(300)}${key}`, "key");
        expect(storeKey(key)).toBe(key);
      }),
      { numRuns: 2000, seed: 2 },
    );
  });

  it("makes no two ids one", () => {
    const odd = [
      "\ud800",
      "\ud801",
      "\ufffd",
      "\u0000",
      "",
      "a\u0000",
      "a",
      "x".repeat(201),
      "x".repeat(202),
      "\ud800\u0000",
      "\u0000\ud800",
    ];
    expect(new Set(odd.map(storeKey)).size).toBe(odd.length);
  });
});

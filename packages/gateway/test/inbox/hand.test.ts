import { describe, expect, it } from "vitest";
import { createHand } from "../../src/inbox/hand.ts";

describe("createHand", () => {
  it("hands a payload out once", () => {
    const hand = createHand();
    expect(hand.put("a", { n: 1 }, 10)).toBe(true);
    expect([hand.take("a"), hand.take("a"), hand.take("b")]).toEqual([{ n: 1 }, undefined, undefined]);
  });

  it("keeps the first payload of an id: a second delivery is a duplicate, whatever it carries", () => {
    const hand = createHand();
    hand.put("a", "first", 10);
    expect(hand.put("a", "second", 10)).toBe(false);
    expect(hand.take("a")).toBe("first");
  });

  it("forgets the oldest when it holds too much, and what nobody fetched does not stay for ever", () => {
    const hand = createHand(100);
    for (let n = 0; n < 1000; n++) hand.put(String(n), n, 30);
    const found = Array.from({ length: 1000 }, (_, n) => hand.take(String(n))).filter((payload) => payload !== undefined);
    expect(found.at(-1)).toBe(999);
    expect(found.length).toBeLessThanOrEqual(3);
    expect(hand.put("large", "x", 1000)).toBe(true);
    expect(hand.take("large")).toBe(undefined);
    hand.put("next", "x", 10);
    expect(hand.take("next")).toBe("x");
  });
});

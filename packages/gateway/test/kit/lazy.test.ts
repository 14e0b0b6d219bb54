import { describe, expect, it } from "vitest";
import { lazy } from "../../src/kit/lazy.ts";

describe("lazy", () => {
  it("works a property out when it is first read, and once", () => {
    let asked = 0;
    const made = lazy({ id: 1 }, { text: () => `asked ${++asked}` });
    expect(asked).toBe(0);
    expect([made.text, made.text, made.id]).toEqual(["asked 1", "asked 1", 1]);
  });

  it("keeps what nothing was found to be, and what may be called", () => {
    let asked = 0;
    const made = lazy({}, { none: () => void (asked += 1), call: () => () => (asked += 1) });
    expect([made.none, made.none, asked]).toEqual([undefined, undefined, 1]);
    expect([made.call, typeof made.call, asked]).toEqual([made.call, "function", 1]);
  });

  it("gives plain properties to whoever copies, compares or prints the object, each object its own", () => {
    const [one, two] = ["a", "b"].map((text) => lazy({ id: text }, { text: () => text, size: () => text.length }));
    expect(one).toEqual({ id: "a", text: "a", size: 1 });
    expect({ ...two }).toEqual({ id: "b", text: "b", size: 1 });
    expect(JSON.stringify([one, two])).toBe('[{"id":"a","text":"a","size":1},{"id":"b","text":"b","size":1}]');
    expect(structuredClone(two)).toEqual({ id: "b", text: "b", size: 1 });
  });
});

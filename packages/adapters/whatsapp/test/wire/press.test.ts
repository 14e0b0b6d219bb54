import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operationOf, readPress, shortPress, writePress, writeStamp } from "../../src/wire/index.ts";

describe("a press", () => {
  it("comes back as it went, whatever its id and value", () => {
    const id = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "~", "~~", "%", "%7E", "a~b", "~a~b"));
    fc.assert(
      fc.property(id, fc.option(id, { nil: undefined }), (action, value) => {
        const press = value === undefined ? { action } : { action, value };
        expect(readPress(writePress(press))).toEqual(press);
      }),
    );
  });

  it("is read from what other programs wrote, and not from a stand-in", () => {
    expect(readPress("cancel-button")).toEqual({ action: "cancel-button" });
    expect(readPress("~%zz")).toEqual({ action: "%zz" });
    expect(readPress(shortPress("x"))).toBeUndefined();
  });
});

describe("a stamp", () => {
  it("names its operation, as far as it fits", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(9), (key, at) => {
        expect(operationOf(writeStamp(key, at))).toBe(key);
      }),
    );
    expect(writeStamp("x".repeat(600), 0)).toBeUndefined();
    for (const other of [undefined, 7, "", "df:x", "order-17"]) expect(operationOf(other)).toBeUndefined();
  });
});

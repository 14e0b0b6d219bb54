import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callbackLimitBytes, isShort, readPress, shortData, writePress } from "../../src/wire/index.ts";

describe("callback data", () => {
  it("leaves a plain id readable", () => {
    expect(writePress({ action: "deploy" })).toBe("deploy");
    expect(writePress({ action: "deploy", value: "prod" })).toBe("~deploy~prod");
  });

  it("reads back what it wrote, whatever ids and values hold", () => {
    const texts = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("~", "~~", "%", "%7E", "%25", "~~x"));
    fc.assert(
      fc.property(texts, fc.option(texts, { nil: undefined }), (action, value) => {
        const press = value === undefined ? { action } : { action, value };
        const data = writePress(press);
        expect(isShort(data)).toBe(false);
        expect(readPress(data)).toEqual(press);
      }),
    );
  });

  it("takes buttons that another program made as they are", () => {
    expect(readPress("page:2")).toEqual({ action: "page:2" });
    expect(readPress('{"a":1}')).toEqual({ action: '{"a":1}' });
  });

  it("stands in for long data within the limit, the same each time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 500 }), (data) => {
        const short = shortData(data);
        expect(Buffer.byteLength(short)).toBeLessThanOrEqual(callbackLimitBytes);
        expect(shortData(data)).toBe(short);
        expect(isShort(short)).toBe(true);
        expect(readPress(short)).toBeUndefined();
      }),
    );
  });
});

import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalInConstantTime, hmacSha256 } from "../../src/kit/signature.ts";

describe("hmacSha256", () => {
  it("agrees with node:crypto for any key and any parts", () => {
    const part = fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array({ maxLength: 300 }));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.array(part, { maxLength: 4 }), (key, parts) => {
        const reference = createHmac("sha256", key);
        for (const one of parts) reference.update(one);
        expect(hmacSha256(key, ...parts)).toBe(reference.digest("hex"));
      }),
    );
  });

  it("keeps keys apart after many of them", () => {
    const first = hmacSha256("key 0", "data");
    for (let index = 0; index < 1_000; index++) hmacSha256(`key ${index}`, "data");
    expect(hmacSha256("key 0", "data")).toBe(first);
    expect(hmacSha256("key 1", "data")).not.toBe(first);
  });
});

describe("equalInConstantTime", () => {
  it("compares exactly", () => {
    expect(equalInConstantTime("v0=ab", "v0=ab")).toBe(true);
    expect(equalInConstantTime("v0=ab", "v0=aB")).toBe(false);
    expect(equalInConstantTime("v0=ab", "v0=abc")).toBe(false);
    expect(equalInConstantTime("", "")).toBe(true);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAdf } from "../../../src/format/adf/index.ts";
import { fromAdf } from "../../../src/normalize/adf/index.ts";
import { norm } from "../../support/norm.ts";
import { trees } from "../../support/trees.ts";

describe("fromAdf", () => {
  it("reads what toAdf wrote as what it was, but for the losses that the norm names", () => {
    fc.assert(
      fc.property(trees, (content) => {
        expect(norm(fromAdf(toAdf(content)), "adf")).toEqual(norm(content, "adf"));
      }),
      { numRuns: 500 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toWiki } from "../../../src/format/wiki/index.ts";
import { fromWiki } from "../../../src/normalize/wiki/index.ts";
import { norm } from "../../support/norm.ts";
import { trees } from "../../support/trees.ts";

describe("fromWiki", () => {
  it("reads what toWiki wrote as what it was, but for the losses that the norm names", () => {
    fc.assert(
      fc.property(trees, (content) => {
        expect(norm(fromWiki(toWiki(content)), "wiki")).toEqual(norm(content, "wiki"));
      }),
      { numRuns: 500 },
    );
  });
});

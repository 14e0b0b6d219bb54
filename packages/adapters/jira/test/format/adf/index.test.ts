import { textBombs, processorMs } from "@devflow/conformance";
import { parseMarkdown } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAdf } from "../../../src/format/adf/index.ts";
import { problemsOf } from "../../support/adf.ts";
import { hostileTrees, trees } from "../../support/trees.ts";

describe("toAdf", () => {
  it("makes documents that are valid by Atlassian's schema of any content", () => {
    fc.assert(
      fc.property(fc.oneof(trees, hostileTrees), (content) => {
        expect(problemsOf(toAdf(content))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(Object.entries(textBombs))("takes time in proportion to the text: %s", (_name, bomb) => {
    const [quarter, whole] = [parseMarkdown(bomb(25_600)), parseMarkdown(bomb(102_400))];
    expect(processorMs(() => toAdf(whole))).toBeLessThan(processorMs(() => toAdf(quarter)) * 9 + 30);
  });
});

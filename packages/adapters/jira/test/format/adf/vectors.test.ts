import { describe, expect, it } from "vitest";
import { toAdf } from "../../../src/format/adf/index.ts";
import { comparable, problemsOf } from "../../support/adf.ts";
import { read, vectors } from "../../support/vectors.ts";

describe("toAdf", () => {
  it.each(vectors.markdown.map((vector) => [vector.id, vector] as const))("%s", (_id, vector) => {
    const doc = toAdf(read(vector));
    expect(comparable(doc)).toEqual(comparable(vector.adf));
    expect(problemsOf(doc)).toEqual([]);
  });
});

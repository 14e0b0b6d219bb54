import { describe, expect, it } from "vitest";
import { toWiki } from "../../../src/format/wiki/index.ts";
import { read, vectors } from "../../support/vectors.ts";

describe("toWiki", () => {
  it.each(vectors.markdown.map((vector) => [vector.id, vector] as const))("%s", (_id, vector) => {
    expect(toWiki(read(vector, true))).toBe(vector.wiki);
  });

  const cloud = vectors.markdown.filter(({ wikiCloud }) => wikiCloud !== undefined);
  it.each(cloud.map((vector) => [vector.id, vector] as const))("%s, for the older API of Cloud", (_id, vector) => {
    expect(toWiki(read(vector), "cloud")).toBe(vector.wikiCloud);
  });
});

import { posix } from "node:path";
import { generatedBlocks } from "../lib/markdown.ts";
import type { Check } from "../lib/tree.ts";

/** Lines a file may have, by the first pattern that fits. */
const limits: readonly (readonly [pattern: RegExp, lines: number])[] = [
  [/^packages\/gateway\/src\/contract\//, 120],
  [/^packages\/adapters\/[^/]+\/src\/index\.ts$/, 20],
  [/^(packages|examples|tools|bench|tests)\/.*\.ts$/, 300],
  [/^README\.md$/, 100],
  [/^ARCHITECTURE\.md$/, 150],
  [/^CONTRIBUTING\.md$/, 120],
  [/^AGENTS\.md$/, 100],
  [/^packages\/adapters\/.*\/README\.md$/, 150],
  [/^packages\/.*\/README\.md$/, 300],
  [/^docs\/adapter-author-guide\.md$/, 300],
  [/^docs\/decisions\/\d+.*\.md$/, 60],
];

/** Files end before they stop being read. */
export const sizes: Check = {
  name: "sizes",
  run: (tree) =>
    tree.files.flatMap((path) => {
      const limit = limits.find(([pattern]) => pattern.test(path))?.[1];
      if (limit === undefined || path.includes("/fixtures/")) return [];
      const text = path.endsWith("README.md") ? writtenByHand(tree.read(path)) : tree.read(path);
      const lines = text.trimEnd().split("\n").length;
      return lines > limit ? [{ path, says: `${lines} lines; ${posix.basename(path)} may have ${limit}` }] : [];
    }),
};

/** A README without its generated blocks, which nobody has to keep in mind. */
function writtenByHand(text: string): string {
  return generatedBlocks(text).reduce((rest, { whole }) => rest.replace(`${whole}\n`, ""), text);
}

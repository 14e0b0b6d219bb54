import { codeBlocks } from "../lib/markdown.ts";
import { publishedOf, type Check } from "../lib/tree.ts";

/** What every README of a kind of package has, in this order; a reader of one knows his way in all. */
const expected: Readonly<Record<string, readonly string[]>> = {
  adapter: [
    "Install",
    "In 15 lines",
    "Accounts and secrets",
    "Options",
    "What it can do",
    "Setting up at the platform",
    "Limits and windows",
    "Not supported",
  ],
  store: ["Install", "In 10 lines", "Options", "What it creates in your database", "Guarantees"],
};

/** READMEs have the same headings everywhere. */
export const headings: Check = {
  name: "headings",
  run: (tree) =>
    publishedOf(tree).flatMap(({ folder, kind }) => {
      const path = `${folder}/README.md`;
      const wanted = expected[kind];
      if (!wanted || !tree.has(path)) return [];
      const code = new Set(codeBlocks(tree.read(path)).flatMap((block) => block.code.split("\n")));
      const lines = tree.read(path).split("\n");
      const found = lines.filter((line) => line.startsWith("## ") && !code.has(line)).map((line) => line.slice(3).trim());
      if (found.join("\n") === wanted.join("\n")) return [];
      return [{ path, says: `the headings are "${found.join(" · ")}" and not "${wanted.join(" · ")}"` }];
    }),
};

import { generatedBlocks } from "../lib/markdown.ts";
import { regenerated, unformatted } from "../generate/index.ts";
import { publishedOf, type Check, type Problem, type Tree } from "../lib/tree.ts";

/** What a README says by itself, by kind of package. */
const required: Readonly<Record<string, readonly string[]>> = {
  adapter: ["options", "capabilities", "limits"],
  store: ["options"],
  conformance: ["adapter-statements", "store-statements"],
};

/** What is derived from code is as the code says today. */
export const generated: Check = {
  name: "generated",
  async run(tree) {
    const problems: Problem[] = [...missing(tree)];
    for (const path of withBlocks(tree)) {
      try {
        if (unformatted(await regenerated(tree, path)) !== unformatted(tree.read(path)))
          problems.push({ path, says: "is not up to date: run `pnpm run readme`" });
      } catch (error) {
        problems.push({ path, says: error instanceof Error ? error.message : String(error) });
      }
    }
    return problems;
  },
};

/** Markdown files with generated blocks. */
export function withBlocks(tree: Tree): readonly string[] {
  return tree.files.filter((path) => path.endsWith(".md") && generatedBlocks(tree.read(path)).length > 0);
}

function missing(tree: Tree): readonly Problem[] {
  const wanted = publishedOf(tree).map(({ folder, kind }) => [`${folder}/README.md`, required[kind] ?? []] as const);
  return [...wanted, ["README.md", ["packages", "matrix"]] as const].flatMap(([path, names]) => {
    const there = new Set(generatedBlocks(tree.read(path)).map(({ name }) => name.split(" ")[0]));
    return tree.has(path)
      ? names.filter((name) => !there.has(name)).map((name) => ({ path, says: `has no block generated:${name}` }))
      : [];
  });
}

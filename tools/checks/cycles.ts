import { parse, resolveImport } from "../lib/source.ts";
import { packagesOf, sourcesOf, type Check, type Problem } from "../lib/tree.ts";

/** No file imports itself by way of others; imports of types count. */
export const cycles: Check = {
  name: "cycles",
  run(tree) {
    const problems: Problem[] = [];
    for (const { folder } of packagesOf(tree)) {
      const done = new Set<string>();
      const visit = (path: string, above: readonly string[]): void => {
        const at = above.indexOf(path);
        if (at >= 0) problems.push({ path, says: `a cycle: ${[...above.slice(at), path].join(" → ")}` });
        if (at >= 0 || done.has(path) || !tree.has(path) || !path.endsWith(".ts")) return;
        const targets = parse(path, tree.read(path)).imports.filter(({ specifier }) => specifier.startsWith("."));
        for (const { specifier } of targets) visit(resolveImport(path, specifier), [...above, path]);
        done.add(path);
      };
      for (const path of sourcesOf(tree, folder)) visit(path, []);
    }
    return problems;
  },
};

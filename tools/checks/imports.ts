import { lineOf, parse } from "../lib/source.ts";
import { packagesOf, sourcesOf, type Check, type Package, type Problem } from "../lib/tree.ts";

/** What each kind of package may import of this project, besides itself. */
const allowed: Readonly<Record<Package["kind"], readonly string[] | undefined>> = {
  gateway: [],
  conformance: ["@devflow/gateway/contract", "@devflow/gateway/kit"],
  adapter: ["@devflow/gateway/contract", "@devflow/gateway/kit"],
  store: ["@devflow/gateway/contract", "@devflow/gateway/kit"],
  example: undefined,
  internal: undefined,
};

/** The kinds of package that load what they depend on when it is first needed. */
const lazy = new Set<Package["kind"]>(["adapter", "store"]);

/** Adapters and stores know the contract and the kit alone; every import is declared, every declaration is imported. */
export const imports: Check = {
  name: "imports",
  run(tree) {
    return packagesOf(tree).flatMap((one) => [...ofSource(one), ...ofManifest(one)]);

    function ofSource({ folder, kind, manifest }: Package): readonly Problem[] {
      const problems: Problem[] = [];
      const own = allowed[kind];
      const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
      for (const path of sourcesOf(tree, folder)) {
        const source = parse(path, tree.read(path));
        for (const { specifier, start, typeOnly } of source.imports.filter((found) => isPackage(found.specifier))) {
          const where = `${path}:${lineOf(source.text, start)}`;
          const name = nameOf(specifier);
          const ours = name.startsWith("@devflow/");
          if (ours && own && !own.includes(specifier))
            problems.push({ path: where, says: `a package of kind ${kind} may not import ${specifier}` });
          if (ours && specifier === "@devflow/gateway/contract" && !typeOnly)
            problems.push({ path: where, says: "the contract is types: `import type`" });
          if (!(name in declared) && name !== manifest.name && !(kind === "example" && name in { ...manifest.devDependencies })) {
            problems.push({ path: where, says: `${name} is not in the dependencies of ${folder}/package.json` });
          }
          const dynamic = source.text.slice(start, start + 7) === "import(";
          if (lazy.has(kind) && !ours && !typeOnly && !dynamic) {
            problems.push({ path: where, says: `${name} is loaded at import: use \`await import("${specifier}")\`` });
          }
        }
      }
      return problems;
    }

    function ofManifest({ folder, kind, manifest }: Package): readonly Problem[] {
      if (kind === "example" || kind === "internal") return [];
      const used = new Set(
        sourcesOf(tree, folder).flatMap((path) => parse(path, tree.read(path)).imports.map(({ specifier }) => nameOf(specifier))),
      );
      return Object.keys(manifest.dependencies ?? {})
        .filter((name) => !used.has(name))
        .map((name) => ({ path: `${folder}/package.json`, says: `${name} is a dependency that no file imports` }));
    }
  },
};

function isPackage(specifier: string): boolean {
  return !specifier.startsWith(".") && !specifier.startsWith("node:");
}

function nameOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

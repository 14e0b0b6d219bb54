import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { unformatted } from "../generate/index.ts";
import { table } from "../lib/markdown.ts";
import { publishedOf, type Check, type Manifest, type Tree } from "../lib/tree.ts";

/** Licences that ask for no more than their own text. */
const permitted = new Set([
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "0BSD",
  "BlueOak-1.0.0",
  "(MIT OR Apache-2.0)",
]);

interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Packages of ours that bring it. */
  readonly through: Set<string>;
}

/** Where the list is. */
export const listed = "docs/dependencies.md";

/** What a published package brings along may be used by everybody, and is listed. */
export const licences: Check = {
  name: "licences",
  run(tree) {
    const all = dependenciesOf(tree);
    const strict = all
      .filter(({ licence }) => !permitted.has(licence))
      .map(({ name, version, licence }) => ({ path: "pnpm-lock.yaml", says: `${name} ${version} has the licence ${licence}` }));
    const fresh = unformatted(tree.read(listed)) === unformatted(dependencyList(tree));
    return fresh ? strict : [...strict, { path: listed, says: "is not up to date: run `pnpm run readme`" }];
  },
};

/** The text of docs/dependencies.md. */
export function dependencyList(tree: Tree): string {
  const rows = dependenciesOf(tree).map(({ name, version, licence, through }) => [
    name,
    version,
    licence,
    [...through].join(", "),
  ]);
  return [
    "# Dependencies",
    "",
    "What the published packages bring along, peers that are optional included. Written by `pnpm run readme`.",
    "",
    table(["Package", "Version", "Licence", "Comes with"], rows),
    "",
  ].join("\n");
}

function dependenciesOf(tree: Tree): readonly Dependency[] {
  const found = new Map<string, Dependency>();
  for (const { folder, manifest } of publishedOf(tree)) {
    const visit = (from: string, { dependencies, peerDependencies }: Manifest): void => {
      for (const name of Object.keys({ ...peerDependencies, ...dependencies })) {
        const at = locate(from, name);
        if (at === undefined || name.startsWith("@devflow/")) continue;
        const own = JSON.parse(readFileSync(join(at, "package.json"), "utf8")) as Manifest;
        const key = `${name} ${own.version}`;
        const known = found.get(key) ?? { name, version: own.version ?? "", licence: own.license ?? "none", through: new Set() };
        if (known.through.has(manifest.name)) continue;
        known.through.add(manifest.name);
        found.set(key, known);
        visit(at, own);
      }
    };
    visit(join(tree.root, folder), manifest);
  }
  return [...found.values()].toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** The folder of a dependency as Node finds it; undefined for an optional peer that nobody installed. */
function locate(from: string, name: string): string | undefined {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
  }
  return undefined;
}

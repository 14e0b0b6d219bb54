import { exportedBy } from "../lib/doors.ts";
import { declaredBy, isNode, lineOf, parse, resolveImport, walk, type Node } from "../lib/source.ts";
import { publishedOf, sourcesOf, type Check, type Problem, type Tree } from "../lib/tree.ts";

/** Every exported value of a published package goes out through a door or is used by another file, and every file is used at all. */
export const dead: Check = {
  name: "dead",
  run(tree) {
    const used = usedIn(tree);
    const problems: Problem[] = [];
    for (const one of publishedOf(tree)) {
      const exported = exportedBy(tree, one);
      const entries = tree.read(`${one.folder}/tsup.config.ts`) + JSON.stringify(one.manifest.exports ?? {});
      for (const path of sourcesOf(tree, one.folder).filter((file) => !file.endsWith(".d.ts"))) {
        if (used.has(`${path}#*`) || entries.includes(path.slice(one.folder.length + 1))) continue;
        const source = parse(path, tree.read(path));
        if (![...used].some((name) => name.startsWith(`${path}#`)) && source.imports.length > 0)
          problems.push({ path, says: "is used by no other file" });
        for (const statement of source.body.filter(exportsValue)) {
          const idle = declaredBy(statement).filter((name) => !used.has(`${path}#${name}`) && !exported.has(`${path}#${name}`));
          for (const name of idle)
            problems.push({
              path: `${path}:${lineOf(source.text, statement.start)}`,
              says: `${name} is exported and used by no other file`,
            });
        }
      }
    }
    return problems;
  },
};

/** Types may be exported for what they say of a function beside them. */
function exportsValue({ type, declaration }: Node): boolean {
  return type === "ExportNamedDeclaration" && isNode(declaration) && !/^TS(Interface|TypeAlias)/.test(declaration.type);
}

/** What files import of each other, as `<file>#<name>`; `#*` where all of it is. */
function usedIn(tree: Tree): ReadonlySet<string> {
  const used = new Set<string>();
  for (const path of tree.files.filter((file) => /^(packages|examples|tests|tools|bench)\/.*\.ts$/.test(file))) {
    const add = (source: unknown, names: readonly string[]): void => {
      const specifier = isNode(source) && typeof source["value"] === "string" ? source["value"] : "";
      if (specifier.startsWith(".")) for (const name of names) used.add(`${resolveImport(path, specifier)}#${name}`);
    };
    walk(parse(path, tree.read(path)).body, (node) => {
      if (node.type === "ImportDeclaration" || node.type === "ExportNamedDeclaration") {
        const specifiers = (node["specifiers"] ?? []) as readonly Node[];
        add(
          node["source"],
          specifiers.map(({ imported, local }) => nameOf(imported ?? (node.type === "ImportDeclaration" ? "*" : local))),
        );
        if (specifiers.length === 0) add(node["source"], ["*"]);
      }
      if (node.type === "ImportExpression" || node.type === "ExportAllDeclaration" || node.type === "TSImportType")
        add(node["source"], ["*"]);
      // A worker or child process: `new URL("./worker.ts", import.meta.url)`.
      if (node.type === "NewExpression") add((node["arguments"] as readonly Node[])[0], ["*"]);
    });
  }
  return used;
}

function nameOf(value: unknown): string {
  return isNode(value) ? String(value["name"] ?? value["value"]) : String(value);
}

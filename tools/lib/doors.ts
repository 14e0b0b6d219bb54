import { declaredBy, isNode, parse, resolveImport, type Node } from "./source.ts";
import type { Package, Tree } from "./tree.ts";

/** What a package exports through its doors, as `<file>#<name>` of the declarations. */
export function exportedBy(tree: Tree, { folder, manifest }: Package): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (path: string, wanted: ReadonlySet<string> | "all"): void => {
    if (!tree.has(path) || !path.endsWith(".ts")) return;
    const wants = (name: string): boolean => wanted === "all" || wanted.has(name);
    for (const statement of parse(path, tree.read(path)).body) {
      const { source } = statement;
      const target = isNode(source) ? resolveImport(path, String(source["value"])) : undefined;
      if (statement.type === "ExportAllDeclaration" && target !== undefined) visit(target, wanted);
      if (statement.type !== "ExportNamedDeclaration") continue;
      for (const name of declaredBy(statement).filter(wants)) found.add(`${path}#${name}`);
      const specifiers = (statement["specifiers"] ?? []) as readonly Node[];
      const passed = specifiers.filter(({ exported }) => wants(nameOf(exported))).map(({ local }) => nameOf(local));
      if (passed.length === 0) continue;
      if (target === undefined) for (const name of passed) found.add(`${path}#${name}`);
      else visit(target, new Set(passed));
    }
  };
  for (const door of Object.values((manifest.exports ?? {}) as Readonly<Record<string, { development?: string } | string>>)) {
    if (typeof door !== "string" && door.development !== undefined) visit(`${folder}/${door.development.slice(2)}`, "all");
  }
  return found;
}

function nameOf(node: unknown): string {
  return isNode(node) ? String(node["name"] ?? node["value"]) : "";
}

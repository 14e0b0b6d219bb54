import { exportedBy } from "../lib/doors.ts";
import { declaredBy, docBefore, isNode, lineOf, parse, type Node } from "../lib/source.ts";
import { publishedOf, sourcesOf, type Check, type Problem } from "../lib/tree.ts";

/** Everything that a published package exports through its doors says what it is. */
export const comments: Check = {
  name: "comments",
  run(tree) {
    const problems: Problem[] = [];
    for (const one of publishedOf(tree)) {
      const exported = exportedBy(tree, one);
      for (const path of sourcesOf(tree, one.folder)) {
        const source = parse(path, tree.read(path));
        const documented = new Set<string>();
        for (const statement of source.body) {
          const names = declaredBy(statement).filter((name) => exported.has(`${path}#${name}`));
          // Overloads are commented once, at the first.
          if (docBefore(source, statement.start) !== undefined) for (const name of names) documented.add(name);
          const bare = names.filter((name) => !documented.has(name));
          if (bare.length === 0 || selfEvident(path, statement)) continue;
          problems.push({
            path: `${path}:${lineOf(source.text, statement.start)}`,
            says: `${bare.join(", ")} has no doc comment`,
          });
        }
      }
    }
    return problems;
  },
};

/** Types of the contract whose name is their sentence: the nodes of the content tree, a key of a map, a small record. */
function selfEvident(path: string, { declaration }: Node): boolean {
  const type = isNode(declaration) ? declaration.type : "";
  return path.startsWith("packages/gateway/src/contract/") && type.startsWith("TS");
}

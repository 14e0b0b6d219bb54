import { floorsOf, heading, lawOf, roomOf } from "../lib/law.ts";
import { lineOf, parse, resolveImport } from "../lib/source.ts";
import { packagesOf, sourcesOf, type Check, type Problem } from "../lib/tree.ts";

/** Every file of `src` lies in a room that the law knows, and imports go to a strictly lower floor. */
export const floors: Check = {
  name: "floors",
  run(tree) {
    const law = floorsOf(tree);
    if (law.length === 0) return [{ path: "ARCHITECTURE.md", says: `there is no table below the heading "${heading}"` }];
    const problems: Problem[] = [];
    for (const { folder } of packagesOf(tree)) {
      const own = lawOf(law, folder);
      if (!own) continue;
      const floorOf = (room: string): number => own.rooms.findIndex((rooms) => rooms.includes(room));
      for (const path of sourcesOf(tree, folder)) {
        const room = roomOf(folder, path);
        if (floorOf(room) < 0) {
          problems.push({ path, says: `"${room}" is no room of a package of kind ${own.kind}` });
          continue;
        }
        const source = parse(path, tree.read(path));
        for (const { specifier, start } of source.imports.filter((one) => one.specifier.startsWith("."))) {
          const target = resolveImport(path, specifier);
          const where = `${path}:${lineOf(source.text, start)}`;
          if (!target.startsWith(`${folder}/src/`)) problems.push({ path: where, says: `${specifier} leaves the package` });
          else if (!tree.has(target)) problems.push({ path: where, says: `there is no ${specifier}` });
          else {
            const other = roomOf(folder, target);
            if (other === room || floorOf(other) < floorOf(room)) continue;
            problems.push({ path: where, says: `${room} (floor ${floorOf(room)}) imports ${other} (floor ${floorOf(other)})` });
          }
        }
      }
    }
    return problems;
  },
};

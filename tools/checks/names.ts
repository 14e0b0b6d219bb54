import { posix } from "node:path";
import type { Check } from "../lib/tree.ts";

/** Names that hide what is inside. */
const drawers = new Set(["utils", "util", "helpers", "helper", "misc", "common", "types", "shared"]);

/** File names are kebab-case, say what is inside, and do not repeat their folder. */
export const names: Check = {
  name: "names",
  run: (tree) =>
    tree.files
      .filter((path) => /^(packages|examples|tools|bench|tests)\/.*\.ts$/.test(path))
      .flatMap((path) => {
        const name = posix.basename(path).replace(/(\.test|\.config|\.d)?\.ts$/, "");
        const folder = posix.basename(posix.dirname(path));
        if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [{ path, says: "is not kebab-case" }];
        if (drawers.has(name)) return [{ path, says: `"${name}" names a drawer, not a thing` }];
        if (name !== folder && name.split("-").includes(folder))
          return [{ path, says: `repeats the name of its folder, ${folder}` }];
        return [];
      }),
};

import type { Tree } from "./tree.ts";

/** Makes the inside of a block `<!-- generated:<name> <args> -->` of the file at `path`. */
export type Generator = (tree: Tree, path: string, args: readonly string[]) => string | Promise<string>;

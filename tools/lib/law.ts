import { tableBelow } from "./markdown.ts";
import type { Tree } from "./tree.ts";

/** The floors of one kind of package: rooms by floor, lowest first. */
export interface Floors {
  readonly kind: string;
  /** Folders, with `*` for one name. */
  readonly folders: readonly string[];
  readonly rooms: readonly (readonly string[])[];
}

/** Heading of the table in ARCHITECTURE.md that is the law. */
export const heading = "Floors";

/** Reads the law. The columns after kind and folders are floors 0, 1, 2 … */
export function floorsOf(tree: Tree): readonly Floors[] {
  const [, ...rows] = tableBelow(tree.read("ARCHITECTURE.md"), heading);
  return rows.map(([kind = "", folders = "", ...rooms]) => ({ kind, folders: names(folders), rooms: rooms.map(names) }));
}

/** The floors of a package, by its folder. */
export function lawOf(floors: readonly Floors[], folder: string): Floors | undefined {
  return floors.find(({ folders }) =>
    folders.some((pattern) => new RegExp(`^${pattern.replaceAll("*", "[^/]+")}$`).test(folder)),
  );
}

/** The room of a file in `src`: its name without the ending, or the folder below `src`. */
export function roomOf(folder: string, path: string): string {
  return (path.slice(`${folder}/src/`.length).split("/")[0] ?? "").replace(/\.ts$/, "");
}

function names(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

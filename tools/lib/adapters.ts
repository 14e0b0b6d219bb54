import { posix } from "node:path";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Adapter } from "@devflow/gateway/contract";
import { packagesOf, type Tree } from "./tree.ts";

/** Makes the adapter of a package, as its factory does without options. Adapters read nothing when they are made. */
export async function adapterIn(tree: Tree, folder: string): Promise<Adapter> {
  const entry = pathToFileURL(join(tree.root, folder, "src/index.ts")).href;
  const doors = (await import(entry)) as Readonly<Record<string, unknown>>;
  const name = posix.basename(folder).replace(/-adapter$/, "");
  const factory = doors[name];
  if (typeof factory !== "function") throw new Error(`${folder} exports no function ${name}`);
  const adapter = (factory as (options?: object) => Adapter)({});
  if (adapter.contract !== 1) throw new Error(`${folder}: ${name}() makes no adapter`);
  return adapter;
}

/** Folders of all adapters, in order. */
export function adapterFolders(tree: Tree): readonly string[] {
  return packagesOf(tree)
    .filter(({ kind }) => kind === "adapter")
    .map(({ folder }) => folder);
}

import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { table } from "../lib/markdown.ts";
import type { Generator } from "../lib/generator.ts";

/** What a platform's own events become, from the table `kinds` that the normalizer of this README's adapter reads. */
export const kinds: Generator = async (tree, path) => {
  const file = `${posix.dirname(path)}/src/normalize/kinds.ts`;
  if (!tree.has(file)) throw new Error(`${path}: ${file} is not there`);
  const doors = (await import(pathToFileURL(join(tree.root, file)).href)) as {
    readonly kinds?: Readonly<Record<string, string>>;
  };
  if (doors.kinds === undefined) throw new Error(`${file} exports no kinds`);
  const events = new Map<string, string[]>();
  for (const [name, kind] of Object.entries(doors.kinds)) events.set(kind, [...(events.get(kind) ?? []), name]);
  const rows = [...events].map(([kind, names]) => [`\`${kind}\``, names.map((name) => `\`${name}\``).join(" ")]);
  return table(
    ["Event here", "On the platform"],
    [...rows, ["`platform.event`", "everything else, with its name as `type` and its payload as `raw`"]],
  );
};

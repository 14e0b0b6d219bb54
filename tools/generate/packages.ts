import { table } from "../lib/markdown.ts";
import { publishedOf } from "../lib/tree.ts";
import type { Generator } from "./index.ts";

/** The packages that are published, with what they are. */
export const packageTable: Generator = (tree) =>
  table(
    ["Package", "What it is"],
    publishedOf(tree).map(({ folder, manifest }) => [`[\`${manifest.name}\`](${folder})`, manifest.description ?? ""]),
  );

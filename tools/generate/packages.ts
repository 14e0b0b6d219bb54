import { table } from "../lib/markdown.ts";
import { publishedOf } from "../lib/tree.ts";
import type { Generator } from "../lib/generator.ts";

const order = ["gateway", "adapter", "store", "conformance"];

/** The packages that are published, with what they are. */
export const packageTable: Generator = (tree) =>
  table(
    ["Package", "What it is"],
    publishedOf(tree)
      .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
      .map(({ folder, manifest }) => [`[\`${manifest.name}\`](${folder})`, manifest.description ?? ""]),
  );

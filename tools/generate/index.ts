import type { Generator } from "../lib/generator.ts";
import { generatedBlocks } from "../lib/markdown.ts";
import type { Tree } from "../lib/tree.ts";
import { capabilities, matrix } from "./capabilities.ts";
import { decisions } from "./decisions.ts";
import { excerpt } from "./excerpt.ts";
import { kinds } from "./kinds.ts";
import { limits } from "./limits.ts";
import { options } from "./options.ts";
import { packageList } from "./packages.ts";
import { adapterStatementTable, storeStatementTable } from "./statements.ts";

const generators: Readonly<Record<string, Generator>> = {
  options,
  capabilities,
  limits,
  kinds,
  matrix,
  decisions,
  packages: packageList,
  code: excerpt,
  "adapter-statements": adapterStatementTable,
  "store-statements": storeStatementTable,
};

/** The text of a Markdown file with its generated blocks made anew. */
export async function regenerated(tree: Tree, path: string): Promise<string> {
  let text = tree.read(path);
  for (const { name, whole } of generatedBlocks(text)) {
    const [generator = "", ...args] = name.split(" ");
    const generate = generators[generator];
    if (!generate) throw new Error(`${path}: nothing generates "${generator}"; known are ${Object.keys(generators).join(", ")}`);
    const inside = await generate(tree, path, args);
    text = text.replace(whole, () => `<!-- generated:${name} -->\n\n${inside}\n\n<!-- /generated -->`);
  }
  return text;
}

/** A text without what a formatter may change: the width of tables, empty lines. */
export function unformatted(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.startsWith("|") ? line.replace(/ +/g, " ").replace(/-{3,}/g, "---") : line))
    .filter((line) => line.trim() !== "")
    .join("\n");
}

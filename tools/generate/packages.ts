import { publishedOf } from "../lib/tree.ts";
import type { Generator } from "../lib/generator.ts";

const kinds = { gateway: "The gateway", adapter: "Platforms", store: "Stores", conformance: "What an adapter or store must do" };

/** The packages that are published, by kind. */
export const packageList: Generator = (tree) => {
  const published = publishedOf(tree);
  const line = ([kind, title]: readonly [string, string]): string =>
    `- ${title}: ${published
      .filter((one) => one.kind === kind)
      .map(({ folder, manifest }) => `[\`${manifest.name}\`](${folder})`)
      .join(", ")}`;
  return Object.entries(kinds).map(line).join("\n");
};

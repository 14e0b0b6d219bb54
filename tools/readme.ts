// Writes what is generated: `node --conditions=development tools/readme.ts --write`. Without --write it shows what would change.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withBlocks } from "./checks/generated.ts";
import { dependencyList, listed } from "./checks/licences.ts";
import { regenerated, unformatted } from "./generate/index.ts";
import { treeOf } from "./lib/tree.ts";

const tree = treeOf(join(import.meta.dirname, ".."));
const changed: string[] = [];

async function update(path: string, text: string): Promise<void> {
  if (unformatted(text) === unformatted(tree.read(path))) return;
  changed.push(path);
  if (process.argv.includes("--write")) writeFileSync(join(tree.root, path), text);
}

for (const path of withBlocks(tree)) {
  try {
    await update(path, await regenerated(tree, path));
  } catch (error) {
    console.error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
await update(listed, dependencyList(tree));
console.log(changed.length === 0 ? "Everything is up to date." : changed.join("\n"));
if (changed.length > 0 && process.argv.includes("--write")) {
  const status = spawnSync("oxfmt", ["--write", ...changed], { cwd: tree.root, stdio: "inherit" }).status ?? 1;
  if (status !== 0) process.exitCode = status;
}

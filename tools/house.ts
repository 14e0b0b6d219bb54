// The checks that keep the house in order: `pnpm run house`, or `pnpm run house floors cycles` for some of them.
import { join } from "node:path";
import { blocks } from "./checks/blocks.ts";
import { code } from "./checks/code.ts";
import { comments } from "./checks/comments.ts";
import { cycles } from "./checks/cycles.ts";
import { dead } from "./checks/dead.ts";
import { floors } from "./checks/floors.ts";
import { generated } from "./checks/generated.ts";
import { headings } from "./checks/headings.ts";
import { imports } from "./checks/imports.ts";
import { licences } from "./checks/licences.ts";
import { links } from "./checks/links.ts";
import { names } from "./checks/names.ts";
import { packages } from "./checks/packages.ts";
import { sizes } from "./checks/sizes.ts";
import { words } from "./checks/words.ts";
import { treeOf, type Check } from "./lib/tree.ts";

const checks: readonly Check[] = [
  floors,
  cycles,
  dead,
  imports,
  names,
  sizes,
  code,
  comments,
  words,
  packages,
  licences,
  links,
  headings,
  generated,
  blocks,
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0)
  throw new Error(`No check is named ${unknown.join(", ")}. There are: ${checks.map(({ name }) => name).join(", ")}.`);

const tree = treeOf(join(import.meta.dirname, ".."));
let count = 0;
for (const check of checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const problems = await check.run(tree);
  count += problems.length;
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${check.name}`);
  for (const { path, says } of problems) console.log(`     ${path}: ${says}`);
}
if (count > 0) {
  console.error(`\n${count} problems.`);
  process.exitCode = 1;
}

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks } from "../lib/markdown.ts";
import { packagesOf, type Check, type Problem, type Tree } from "../lib/tree.ts";

/** A folder of this repository that git ignores, another for each process. */
const folder = `node_modules/.blocks-${process.pid}`;

/** Every TypeScript block of every README and document compiles, against the sources as they are. */
export const blocks: Check = {
  name: "blocks",
  run(tree) {
    const found = blocksOf(tree);
    if (found.size === 0) return [];
    const base = join(tree.root, folder);
    rmSync(base, { recursive: true, force: true });
    mkdirSync(join(base, "node_modules/@devflow"), { recursive: true });
    for (const { folder: from, manifest } of packagesOf(tree)) {
      if (manifest.name.startsWith("@devflow/")) symlinkSync(join(tree.root, from), join(base, "node_modules", manifest.name));
    }
    writeFileSync(join(base, "package.json"), '{ "type": "module" }\n');
    writeFileSync(join(base, "tsconfig.json"), JSON.stringify(config));
    for (const [name, { code }] of found) writeFileSync(join(base, name), `${code}\nexport {};\n`);
    const { stdout, status } = spawnSync(join(tree.root, "node_modules/.bin/tsc"), ["-p", base, "--pretty", "false"], {
      encoding: "utf8",
    });
    rmSync(base, { recursive: true, force: true });
    return status === 0 ? [] : problemsOf(stdout, found);
  },
};

const config = {
  extends: "../../tsconfig.base.json",
  compilerOptions: {
    noEmit: true,
    declaration: false,
    isolatedDeclarations: false,
    customConditions: ["development"],
    preserveSymlinks: false,
    typeRoots: ["../@types"],
  },
  include: ["*.ts"],
};

interface Found {
  readonly path: string;
  readonly line: number;
  readonly code: string;
}

/** Blocks in `ts`, by the name of the file they are compiled as. Excerpts are parts of files that are compiled anyway. */
function blocksOf(tree: Tree): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  for (const path of tree.files.filter((one) => one.endsWith(".md") && !one.startsWith(".changeset/"))) {
    for (const { language, meta, code, line } of codeBlocks(tree.read(path))) {
      if (language !== "ts" || meta.split(" ").includes("excerpt")) continue;
      found.set(`${path.replace(/\.md$/, "").replaceAll(/[^A-Za-z0-9]+/g, "-")}-${line}.ts`, { path, line, code });
    }
  }
  return found;
}

function problemsOf(output: string, found: ReadonlyMap<string, Found>): readonly Problem[] {
  return output
    .trim()
    .split("\n")
    .filter((text) => !text.startsWith(" "))
    .flatMap((text) => {
      const [, file, line = "0", says = ""] = /([^/\\(]+\.ts)\((\d+),\d+\): error (.*)$/.exec(text) ?? [];
      if (file === undefined) return [{ path: "tsc", says: text }];
      const block = found.get(file);
      // Errors in sources are the type check's to tell.
      return block ? [{ path: `${block.path}:${block.line + Number(line)}`, says }] : [];
    });
}

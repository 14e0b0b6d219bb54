import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Prints the URL of every module that the import of `argv[1]` loads, one a line. */
const probe = `
import { registerHooks } from "node:module";
const seen = [];
registerHooks({ load(url, context, next) { seen.push(url); return next(url, context); } });
await import(process.argv[1]);
console.log(seen.join("\\n"));
`;

/** URLs of the modules that importing `entry` loads, found out in a process of its own. Rejects when it does not end by itself. */
export async function loadedModules(entry: string): Promise<readonly string[]> {
  const argv = ["--conditions=development", "--no-warnings", "--input-type=module", "-e", probe, entry];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { timeout: 60_000 });
  assert.equal(stderr, "", "the import prints to stderr");
  const lines = stdout.trim().split("\n");
  const odd = lines.filter((line) => !/^(file|node|data):/.test(line));
  assert.deepEqual(odd, [], "the import prints to stdout");
  return lines;
}

/** Names of the `dependencies` of the package that `entry` belongs to. */
export function dependenciesOf(entry: string): readonly string[] {
  for (let folder = dirname(fileURLToPath(entry)); ; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, "package.json"));
    if (manifest?.name !== undefined) return Object.keys(manifest.dependencies ?? {});
    if (folder === dirname(folder)) throw new Error(`No package.json above ${entry}.`);
  }
}

function readManifest(path: string): { readonly name?: string; readonly dependencies?: Record<string, string> } | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as { name?: string };
  } catch {
    return undefined;
  }
}

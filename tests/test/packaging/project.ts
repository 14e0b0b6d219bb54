import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Runs a program to its end; rejects when it fails. */
export const run = promisify(execFile);

/** The repository. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Builds the packages in these folders and packs them; resolves to their tarballs, in order. */
export async function pack(folders: readonly string[]): Promise<readonly string[]> {
  const to = mkdtempSync(join(tmpdir(), "devflow-pack-"));
  const bin = join(root, "node_modules/.bin");
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  await run("turbo", ["run", "build", ...folders.map((folder) => `--filter=./${folder}`)], { cwd: root, env });
  const packed = folders.map(async (folder) => {
    const { stdout } = await run("pnpm", ["pack", "--json", "--pack-destination", to], { cwd: join(root, folder), env });
    return (JSON.parse(stdout) as { readonly filename: string }).filename;
  });
  return (await Promise.all(packed)).map((name) => (name.startsWith("/") ? name : join(to, name)));
}

/** An empty project of somebody else, with these tarballs installed by npm. */
export async function install(tarballs: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "devflow-project-"));
  writeFileSync(join(folder, "package.json"), '{ "name": "somebody", "private": true, "type": "module" }\n');
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", ...tarballs], { cwd: folder });
  return folder;
}

/** Packages of a project, as npm laid them out. */
export function packagesIn(folder: string): readonly string[] {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as { readonly packages: object };
  return Object.keys(lock.packages).filter((path) => path !== "" && existsSync(join(folder, path)));
}

/** Bytes of all files below a folder. */
export function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

/** Runs a program in a project until it answers at `url`. */
export async function start(folder: string, name: string, code: string, env: Readonly<Record<string, string>>, url: string) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), code);
  const child = spawn(process.execPath, [name], { cwd: folder, env: { PATH: process.env["PATH"], ...env }, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Buffer) => (output += piece.toString()));
  const ended = new Promise<number | null>((resolve) => void child.once("exit", resolve));
  const answers = async (): Promise<boolean> => (await fetch(url).catch(() => undefined)) !== undefined;
  while (child.exitCode === null && !(await answers())) await new Promise((resolve) => void setImmediate(resolve));
  if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}: ${output}`);
  return {
    output: () => output,
    async end(): Promise<number | null> {
      child.kill("SIGTERM");
      return await ended;
    },
  };
}

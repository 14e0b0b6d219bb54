import { execFile } from "node:child_process";
import { cp, lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** What an installation puts on the disk. */
export interface Footprint {
  readonly packages: number;
  readonly bytes: number;
}

/** Folders with installed packages, as a user would have them. */
export interface Stage {
  /** The gateway with Slack and SQLite. */
  readonly ours: string;
  readonly peer: string;
  /** The peer's packages with their versions. */
  readonly peerPackages: readonly string[];
  readonly footprints: Readonly<Record<"gateway" | "gateway + slack" | "gateway + slack + sqlite" | "peer", Footprint>>;
}

const pnpm = (path: string, ...args: readonly string[]): ReturnType<typeof run> =>
  run(process.execPath, [join(root, "scripts/pnpm.mjs"), ...args], { cwd: join(root, path) });

/** Builds and packs the packages in these folders into `folder`; resolves to the tarballs, in their order. */
export async function pack(paths: readonly string[], folder: string): Promise<readonly string[]> {
  const tarballs: string[] = [];
  for (const path of paths) {
    await pnpm(path, "run", "build");
    const { stdout } = await pnpm(path, "pack", "--json", "--pack-destination", folder);
    tarballs.push((JSON.parse(String(stdout)) as { readonly filename: string }).filename);
  }
  return tarballs;
}

/** Installs packages with npm, as a user would, into a folder that may not be there yet. */
export async function install(target: string, what: readonly string[]): Promise<void> {
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...what], { cwd: target });
}

/** Packages of a `package.json` with their versions, as npm takes them. */
export async function dependenciesOf(path: string): Promise<readonly string[]> {
  const { dependencies } = JSON.parse(await readFile(join(root, path), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return Object.entries(dependencies).map((entry) => entry.join("@"));
}

/** Builds and packs our packages, and installs them, the peer and the files of the systems under test below `folder`. */
export async function prepareStage(folder: string, say: (line: string) => void): Promise<Stage> {
  say("building and packing");
  const [gateway = "", slack = "", sqlite = ""] = await pack(
    ["packages/gateway", "packages/adapters/slack", "packages/stores/sqlite"],
    folder,
  );
  const installed = async (name: string, what: readonly string[]): Promise<string> => {
    say(`installing ${name}`);
    await install(join(folder, name), what);
    return join(folder, name);
  };
  const alone = await installed("gateway-alone", [gateway]);
  const withSlack = await installed("gateway-slack", [gateway, slack]);
  const ours = await installed("ours", [gateway, slack, sqlite]);
  const peerPackages = await dependenciesOf("bench/peer/package.json");
  const peer = await installed("peer", peerPackages);
  // The same places beside each other as here, so that their imports hold.
  for (const target of [ours, peer]) await cp(join(root, "bench/src"), join(target, "src"), { recursive: true });
  await cp(join(root, "bench/peer"), join(peer, "peer"), { recursive: true });
  return {
    ours,
    peer,
    peerPackages,
    footprints: {
      gateway: await measure(alone),
      "gateway + slack": await measure(withSlack),
      "gateway + slack + sqlite": await measure(ours),
      peer: await measure(peer),
    },
  };
}

/** Counts installed packages, and the bytes of their files. */
async function measure(target: string): Promise<Footprint> {
  const { stdout } = await run("npm", ["ls", "--all", "--parseable"], { cwd: target });
  const found = stdout.trim().split("\n").length - 1;
  return { packages: found, bytes: await sizeOf(join(target, "node_modules")) };
}

async function sizeOf(path: string): Promise<number> {
  const state = await lstat(path);
  if (!state.isDirectory()) return state.size;
  const names = (await readdir(path)).filter((name) => !name.startsWith("."));
  const sizes = await Promise.all(names.map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

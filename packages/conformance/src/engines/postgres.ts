import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./port.ts";

/** A PostgreSQL server of our own, on a free port of 127.0.0.1. */
export interface PostgresEngine {
  readonly port: number;
  /** `postgres://…` of its superuser; another port when a proxy stands before it. */
  url(port?: number): string;
  /** The folder that the server's user owns, for what a test wants to put beside the data. */
  readonly folder: string;
  /** Kills it, all its processes at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it after `kill` or `stop`; on the same port, with other settings if given. */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it in good order; its data stay. */
  stop(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** How a {@link PostgresEngine} is started. */
export interface PostgresEngineOptions {
  /** Where its data go; a folder of its own under the system's temporary one unless given. */
  readonly place?: string;
  /** As in `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const patienceMs = 30_000;

/**
 * Runs the server until it is told otherwise. Its input is a pipe that this process holds open: when we die, however that
 * is, it reads the end, and takes the server and its data along. Each process of a server leads a session of its own, so a
 * signal to the group would reach one of them.
 */
const watcher = `
"$1" -D "$2/data" &
server=$!
crash() { kill -STOP $server; kill -9 $server $(cat /proc/$server/task/$server/children 2>/dev/null); }
read -r order
case "$order" in
  stop) kill -INT $server ;;
  kill) crash ;;
  *) crash; wait; rm -rf "$2" ;;
esac
wait`;

/** Why no server can be started here; undefined when one can. */
export function postgresMissing(): string | undefined {
  if (process.platform === "win32") return "starts PostgreSQL on Unix alone";
  if (binaries() === undefined) return "no PostgreSQL server on this machine: install the package postgresql";
  if (process.getuid?.() === 0 && user() === undefined) return "PostgreSQL refuses root, and there is no user postgres or nobody";
  return undefined;
}

/** Makes an empty cluster and starts it. It ends with this process, also when that is killed. */
export async function startPostgres(options: PostgresEngineOptions = {}): Promise<PostgresEngine> {
  const bin = binaries() ?? "";
  const owner = process.getuid?.() === 0 ? user() : undefined;
  const folder = mkdtempSync(join(options.place ?? tmpdir(), "devflow-postgres-"));
  if (owner !== undefined) {
    // Its user has to pass through the place, which may be closed to all but us.
    if (options.place !== undefined) chmodSync(options.place, 0o755);
    chownSync(folder, owner.uid, owner.gid);
  }
  const context = { ...owner, cwd: folder };
  const data = join(folder, "data");
  const wanted = ["-D", data, "-U", "devflow", "-A", "trust", "-E", "UTF8", "--no-locale", "--wal-segsize=1"];
  // Where a test says where the data go, it may cut the power there.
  if (options.place === undefined) wanted.push("--no-sync");
  execFileSync(join(bin, "initdb"), wanted, { ...context, stdio: "pipe" });
  const port = await freePort();
  let settings = options.settings ?? {};
  let server: ChildProcess | undefined;

  const start = async (changed = settings): Promise<void> => {
    settings = changed;
    const all = {
      listen_addresses: "127.0.0.1",
      port: String(port),
      unix_socket_directories: folder,
      max_connections: "200",
      min_wal_size: "2MB",
      max_wal_size: options.place === undefined ? "512MB" : "8MB",
      // Beside the data, so that it goes with them.
      dynamic_shared_memory_type: "mmap",
      ...settings,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`);
    writeFileSync(join(data, "postgresql.auto.conf"), lines.join(""));
    const child = spawn("/bin/sh", ["-c", watcher, "sh", join(bin, "postgres"), folder], {
      ...context,
      stdio: ["pipe", "ignore", "pipe"],
    });
    const said: string[] = [];
    child.stdin.on("error", () => {});
    const ready = new Promise<void>((resolve) => {
      child.stderr.on("data", (text: Buffer) => {
        if (said.push(text.toString()) > 20) said.shift();
        if (text.includes("ready to accept connections")) resolve();
      });
    });
    const patience = new AbortController();
    await Promise.race([ready, once(child, "exit"), pause(patienceMs, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    if (child.exitCode !== null || !said.join("").includes("ready to accept connections")) {
      child.stdin.end();
      throw new Error(`PostgreSQL does not start: ${said.join("")}`);
    }
    server = child;
    child.unref();
    for (const pipe of [child.stdin, child.stderr] as readonly { unref?(): void }[]) pipe.unref?.();
  };
  const end = async (order: "kill" | "stop" | "remove"): Promise<void> => {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.ref();
    const exited = once(child, "exit");
    child.stdin?.end(`${order}\n`);
    await exited;
  };
  await start();
  return {
    port,
    folder,
    url: (by = port) => `postgres://devflow@127.0.0.1:${by}/postgres`,
    start,
    kill: () => end("kill"),
    stop: () => end("stop"),
    async remove() {
      await end("remove");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folder of the server's programs: that of the search path, or the newest where Debian has them. */
function binaries(): string | undefined {
  const found = spawnSync("/bin/sh", ["-c", "command -v initdb"], { encoding: "utf8" }).stdout.trim();
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const places = [...(found === "" ? [] : [dirname(realpathSync(found))]), ...versions.map((one) => join(debian, one, "bin"))];
  return places.find((place) => existsSync(join(place, "initdb")) && existsSync(join(place, "postgres")));
}

/** Somebody who is not root and may run a server. */
function user(): { readonly uid: number; readonly gid: number } | undefined {
  const number = (name: string, flag: string): number => {
    const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
    return status === 0 ? Number(stdout) : 0;
  };
  for (const name of ["postgres", "nobody"]) {
    const uid = number(name, "-u");
    if (uid > 0) return { uid, gid: number(name, "-g") };
  }
  return undefined;
}

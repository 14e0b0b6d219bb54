import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEngine, type Engine, type EngineOptions } from "./engine.ts";
import { freePort } from "./port.ts";

/** Why no server can be started here; undefined when one can. */
export function postgresMissing(): string | undefined {
  if (process.platform === "win32") return "starts PostgreSQL on Unix alone";
  if (binaries() === undefined) return "no PostgreSQL server on this machine: install the package postgresql";
  if (process.getuid?.() === 0 && user() === undefined) return "PostgreSQL refuses root, and there is no user postgres or nobody";
  return undefined;
}

/** Makes an empty PostgreSQL cluster and starts it; settings are those of `postgresql.conf`. */
export async function startPostgres(options: EngineOptions = {}): Promise<Engine> {
  const bin = binaries() ?? "";
  const owner = process.getuid?.() === 0 ? user() : undefined;
  const folder = mkdtempSync(join(options.place ?? tmpdir(), "devflow-postgres-"));
  if (owner !== undefined) {
    // Its user has to pass through the place, which may be closed to all but us.
    if (options.place !== undefined) chmodSync(options.place, 0o755);
    chownSync(folder, owner.uid, owner.gid);
  }
  const data = join(folder, "data");
  const wanted = ["-D", data, "-U", "devflow", "-A", "trust", "-E", "UTF8", "--no-locale", "--wal-segsize=1"];
  // Where a test says where the data go, it may cut the power there.
  if (options.place === undefined) wanted.push("--no-sync");
  execFileSync(join(bin, "initdb"), wanted, { ...owner, cwd: folder, stdio: "pipe" });
  const port = await freePort();
  return startEngine({
    name: "PostgreSQL",
    port,
    folder,
    settings: options.settings,
    user: owner,
    ready: "ready to accept connections",
    url: (by) => `postgres://devflow@127.0.0.1:${by}/postgres`,
    command(settings) {
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
      return [join(bin, "postgres"), "-D", data];
    },
  });
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

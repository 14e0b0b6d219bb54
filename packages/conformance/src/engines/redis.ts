import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./port.ts";

/** A Redis or Valkey server of our own, on a free port of 127.0.0.1. */
export interface RedisEngine {
  readonly port: number;
  /** `redis://…`; another port when a proxy stands before it. */
  url(port?: number): string;
  /** Where its data are. */
  readonly folder: string;
  /** Kills it, as a crash does. */
  kill(): Promise<void>;
  /** Starts it after `kill` or `stop`; on the same port, with other settings if given. */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it in good order; its data stay. */
  stop(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** How a {@link RedisEngine} is started. */
export interface RedisEngineOptions {
  /** Where its data go; a folder of its own under the system's temporary one unless given. */
  readonly place?: string;
  /** As in `redis.conf`. Unless given: a log of everything, flushed at each write, and no eviction. */
  readonly settings?: Readonly<Record<string, string>>;
}

const patienceMs = 30_000;

/**
 * Runs the server until it is told otherwise. Its input is a pipe that this process holds open: when we die, however that
 * is, it reads the end, and takes the server and its data along.
 */
const watcher = `
folder=$1
shift
"$@" &
server=$!
read -r order
case "$order" in
  stop) kill -TERM $server ;;
  kill) kill -9 $server ;;
  *) kill -9 $server; wait; rm -rf "$folder" ;;
esac
wait`;

/** Why no server can be started here; undefined when one can. */
export function redisMissing(): string | undefined {
  if (process.platform === "win32") return "starts Redis on Unix alone";
  return binary() === undefined ? "no Redis or Valkey on this machine: install the package redis-server" : undefined;
}

/** Starts an empty server. It ends with this process, also when that is killed. */
export async function startRedis(options: RedisEngineOptions = {}): Promise<RedisEngine> {
  const folder = mkdtempSync(join(options.place ?? tmpdir(), "devflow-redis-"));
  const port = await freePort();
  let settings = options.settings ?? {};
  let server: ChildProcess | undefined;

  const start = async (changed = settings): Promise<void> => {
    settings = changed;
    const all = {
      bind: "127.0.0.1",
      port: String(port),
      dir: folder,
      daemonize: "no",
      save: "",
      appendonly: "yes",
      appendfsync: "always",
      "maxmemory-policy": "noeviction",
      ...settings,
    };
    const words = Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...(value === "" ? [""] : value.split(" "))]);
    const child = spawn("/bin/sh", ["-c", watcher, "sh", folder, binary() ?? "", ...words], {
      cwd: folder,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const said: string[] = [];
    child.stdin.on("error", () => {});
    const ready = new Promise<void>((resolve) => {
      child.stdout.on("data", (text: Buffer) => {
        if (said.push(text.toString()) > 20) said.shift();
        if (text.includes("Ready to accept connections")) resolve();
      });
    });
    const patience = new AbortController();
    const over = await Promise.race([
      ready.then(() => "ready"),
      once(child.stdout, "close").then(() => "ended"),
      pause(patienceMs, "late", { signal: patience.signal }).catch(() => "late"),
    ]);
    patience.abort();
    if (over !== "ready") {
      child.stdin.end();
      throw new Error(`Redis does not start: ${said.join("")}`);
    }
    server = child;
    child.unref();
    for (const pipe of [child.stdin, child.stdout] as readonly { unref?(): void }[]) pipe.unref?.();
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
    url: (by = port) => `redis://127.0.0.1:${by}`,
    start,
    kill: () => end("kill"),
    stop: () => end("stop"),
    async remove() {
      await end("remove");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server's program, found as a shell finds it. */
function binary(): string | undefined {
  const { stdout } = spawnSync("/bin/sh", ["-c", "command -v redis-server || command -v valkey-server"], { encoding: "utf8" });
  return stdout.trim() || undefined;
}

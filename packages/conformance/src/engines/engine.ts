import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A database server of our own, on a free port of 127.0.0.1. It ends with this process, also when that is killed. */
export interface Engine {
  readonly port: number;
  /** Its address, with the user who may do everything; another port when a proxy stands before it. */
  url(port?: number): string;
  /** Where its data are. */
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

/** How an {@link Engine} is started. */
export interface EngineOptions {
  /** Where its data go; a folder of its own under the system's temporary one unless given. */
  readonly place?: string;
  /** As in its configuration file, beside or instead of what it is started with. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A program that serves. */
export interface Program {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>> | undefined;
  /** Who runs it, where that is not us. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** What it says when it is. */
  readonly ready: string;
  url(port: number): string;
  /** The program and its arguments; settings that it reads from a file are written by then. */
  command(settings: Readonly<Record<string, string>>): readonly string[];
}

const patienceMs = 30_000;

/**
 * Runs the server until it is told otherwise. Its input is a pipe that this process holds open: when we die, however that
 * is, it reads the end, and takes the server and its data along. The processes of a server may lead sessions of their own, so a
 * signal to the group would reach one of them. One that waits for the disk dies only after that, and a server does not start again
 * while it lives.
 */
const watcher = `
folder=$1
shift
"$@" &
server=$!
exec >&- 2>&-
crash() {
  kill -STOP $server
  rest=$(cat /proc/$server/task/$server/children 2>/dev/null)
  kill -9 $server $rest
  for one in $rest; do while [ -n "$(ls /proc/$one/fd 2>/dev/null)" ]; do sleep 0.01; done; done
}
read -r order
case "$order" in
  stop) kill -INT $server ;;
  kill) crash ;;
  *) crash; wait; rm -rf "$folder" ;;
esac
wait`;

export async function startEngine(program: Program): Promise<Engine> {
  const { folder, port, user, ready } = program;
  let settings = program.settings ?? {};
  let server: ChildProcess | undefined;

  const start = async (changed = settings): Promise<void> => {
    settings = changed;
    const child = spawn("/bin/sh", ["-c", watcher, "sh", folder, ...program.command(settings)], {
      ...user,
      cwd: folder,
      stdio: "pipe",
    });
    const pipes = [child.stdin, child.stdout, child.stderr];
    const said: string[] = [];
    child.stdin.on("error", () => {});
    const started = new Promise<"ready">((resolve) => {
      const hear = (text: Buffer): void => {
        if (said.push(text.toString()) > 20) said.shift();
        if (text.includes(ready)) resolve("ready");
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
    });
    const patience = new AbortController();
    const over = await Promise.race([
      started,
      // A program that has ended lets go of its pipe; the shell around it, which has not this pipe, may still wait for an order.
      once(child.stdout, "close"),
      pause(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
    if (over !== "ready") {
      child.stdin.end();
      throw new Error(`${program.name} does not start: ${said.join("")}`);
    }
    server = child;
    child.unref();
    for (const pipe of pipes as readonly { unref?(): void }[]) pipe.unref?.();
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
    url: (by = port) => program.url(by),
    start,
    kill: () => end("kill"),
    stop: () => end("stop"),
    async remove() {
      await end("remove");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

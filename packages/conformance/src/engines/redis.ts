import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEngine, type Engine, type EngineOptions } from "./engine.ts";
import { freePort } from "./port.ts";

/** Why no server can be started here; undefined when one can. */
export function redisMissing(): string | undefined {
  if (process.platform === "win32") return "starts Redis on Unix alone";
  return binary() === undefined ? "no Redis or Valkey on this machine: install the package redis-server" : undefined;
}

/** Starts an empty Redis or Valkey; it keeps a log of everything, flushed at each write, and evicts nothing, unless settings say otherwise. */
export async function startRedis(options: EngineOptions = {}): Promise<Engine> {
  const folder = mkdtempSync(join(options.place ?? tmpdir(), "devflow-redis-"));
  const port = await freePort();
  return startEngine({
    name: "Redis",
    port,
    folder,
    settings: options.settings,
    ready: "Ready to accept connections",
    url: (by) => `redis://127.0.0.1:${by}`,
    command(settings) {
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
      return [binary() ?? "", ...words];
    },
  });
}

/** The server's program, found as a shell finds it. */
function binary(): string | undefined {
  const { stdout } = spawnSync("/bin/sh", ["-c", "command -v redis-server || command -v valkey-server"], { encoding: "utf8" });
  return stdout.trim() || undefined;
}

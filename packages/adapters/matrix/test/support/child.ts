import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A {@link file://./bot.ts} that runs. */
export interface Bot {
  /** Resolves when it has ended, by itself or by {@link Bot.kill}. */
  readonly ended: Promise<unknown>;
  kill(): void;
}

/** Starts a bot in a process of its own; resolves when its line is up. */
export async function startBot(orders: object): Promise<Bot> {
  const file = fileURLToPath(new URL("bot.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=development", file, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (data: Buffer) => data.toString().includes("up") && resolve());
    child.once("exit", (code) => reject(new Error(`The bot ended with ${code} before it was up.`)));
  });
  return { ended, kill: () => void child.kill("SIGKILL") };
}

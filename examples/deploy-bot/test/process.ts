import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A program of this example in a process of its own. */
export interface Running {
  readonly url: string;
  printed(): string;
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts it as its script in package.json does, and waits until it says where its page is. */
export async function start(file: "demo.ts" | "main.ts", env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const child = spawn(process.execPath, ["--conditions=development", fileURLToPath(new URL(`../src/${file}`, import.meta.url))], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  let printed = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (piece: Buffer): void => {
      printed += piece.toString();
      const found = /Deploy bot: (http:\/\/localhost:\d+)\/chat/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}: ${printed}`)));
  });
  return {
    url,
    printed: () => printed,
    async end(signal = "SIGTERM") {
      child.kill(signal);
      await ended;
    },
  };
}

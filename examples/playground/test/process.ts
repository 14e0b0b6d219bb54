import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** The playground in a process of its own. */
export interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  /** Everything it has printed. */
  printed(): string;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** A port that nobody uses just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts `main.ts` as `npm start` does, and waits until it says where it is. */
export async function startPlayground(port: number, file: string): Promise<Running> {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ["--conditions=development", main], {
    env: { PATH, HOME, PORT: String(port), DEVFLOW_DB: file },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const found = /http:\/\/localhost:\d+/.exec(printed)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", () => reject(new Error(`the playground ended: ${printed}`)));
  });
  return {
    child,
    url,
    printed: () => printed,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder with the judge; without it, tests that need the judge are skipped. */
export const corpora: string | undefined = process.env.DEVFLOW_CORPORA;

/** What the judge wrote about one call. */
export interface Judged {
  readonly method: string;
  readonly enc: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
  readonly errs: readonly string[];
}

/** A Bot API that holds each call against the published description. */
export interface Judge extends AsyncDisposable {
  readonly url: string;
  inject(update: object): Promise<void>;
  log(): Promise<readonly Judged[]>;
}

/** Starts a {@link Judge} on a free port. */
export async function judge(folder: string): Promise<Judge> {
  const port = await freePort();
  const home = await mkdtemp(join(tmpdir(), "telegram-judge-"));
  const file = join(home, "log");
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const child = spawn(process.execPath, [join(folder, "telegram-judge.mjs"), String(port), file], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the judge ended with ${code}`)));
    child.stderr.once("data", () => resolve());
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async inject(update) {
      await fetch(`${url}/_inject`, { method: "POST", body: JSON.stringify(update) });
    },
    async log() {
      const text = await readFile(file, "utf8").catch(() => "");
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Judged);
    },
    async [Symbol.asyncDispose]() {
      child.removeAllListeners("exit");
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
      await rm(home, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

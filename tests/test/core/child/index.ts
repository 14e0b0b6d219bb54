import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { fakePlatform, type FakePayload } from "@devflow/conformance";

const program = fileURLToPath(new URL("main.ts", import.meta.url));
const fake = fakePlatform();

/** What arrived at the platform, in order, repeats included. */
export interface Arrival {
  readonly key: string;
  readonly room: string;
  readonly text: string;
}

/** A platform that outlives the gateways that talk to it. */
export async function startPlatform() {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      arrivals.push(JSON.parse(body) as Arrival);
      response.end(`m${arrivals.length}`);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    /** What people see on a platform that takes our keys: the first of each. */
    seen: (): readonly Arrival[] => [...new Map(arrivals.toReversed().map((one) => [one.key, one])).values()].toReversed(),
    close: () => new Promise<void>((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
}

/** A gateway in a process of its own. */
export interface Life {
  readonly child: ChildProcess;
  readonly port: number;
  /** Resolves when the process has ended, to its exit code, or to the signal that killed it. */
  readonly ended: Promise<number | string>;
}

/** Starts a gateway; resolves when it listens, or when it has died before that (then `port` is 0). */
export async function startLife(env: Readonly<Record<string, string>>): Promise<Life> {
  const child = spawn(process.execPath, ["--conditions=development", program], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | string>((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal ?? "")));
  let output = "";
  const up = new Promise<number>((resolve) => {
    child.stdout.on("data", (piece: Buffer) => {
      output += piece.toString();
      const port = /up (\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
  return { child, port: await Promise.race([up, ended.then(() => 0)]), ended };
}

/** Delivers one event; resolves to the status, or to 0 when nobody answered. */
export async function deliver(port: number, payload: FakePayload): Promise<number> {
  if (port === 0) return 0;
  const request = fake.request(payload);
  const body = await request.text();
  try {
    const response = await fetch(`http://127.0.0.1:${port}/webhooks/fake`, { method: "POST", headers: request.headers, body });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

/** Resolves when `holds` does; rejects when that takes too long. */
export async function eventually(holds: () => boolean, what: string, maxMs = 20_000): Promise<void> {
  const until = Date.now() + maxMs;
  while (!holds()) {
    if (Date.now() > until) throw new Error(`It did not come true within ${maxMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

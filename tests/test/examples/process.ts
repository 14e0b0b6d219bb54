import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** One call that a fake platform's API received. */
export interface ApiCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What an API says to whom it asks to wait. */
export interface Later {
  readonly retryAfterSeconds: number;
}

/** A platform's API on a free port, which answers every call alike and remembers it. */
export async function startApi(answer: (call: ApiCall) => object | Later) {
  const calls: ApiCall[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString();
      const json = request.headers["content-type"]?.includes("json");
      const fields = (json ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))) as Record<string, unknown>;
      const call: ApiCall = { path: request.url ?? "", headers: request.headers, fields };
      calls.push(call);
      const said = answer(call);
      const wait = "retryAfterSeconds" in said ? { "retry-after": String(said.retryAfterSeconds) } : undefined;
      response.writeHead(wait ? 429 : 200, { "content-type": "application/json", ...wait }).end(JSON.stringify(said));
      for (const look of waiting.splice(0)) look();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    /** Resolves to the first call whose path ends so, once it is there. */
    async seen(method: string): Promise<ApiCall> {
      for (;;) {
        const found = calls.find(({ path }) => path.endsWith(method));
        if (found) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    close: () => new Promise<void>((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
}

/** Starts a program of this repository from its sources, and waits until it prints where it listens. */
export async function startProgram(file: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ["--conditions=development", file], {
    cwd: root,
    env: { PATH: process.env["PATH"], PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const port = await new Promise<number>((resolve, reject) => {
    const read = (piece: Buffer): void => {
      output += piece.toString();
      const found = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/.exec(output);
      if (found) resolve(Number(found[1]));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", (code) => reject(new Error(`${file} ended with ${code}: ${output}`)));
  });
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
      if (child.exitCode !== null) return child.exitCode;
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      child.kill(signal);
      return ended;
    },
  };
}

/** A Slack request with its signature. */
export function slackRequest(body: string, secret: string, type = "application/json") {
  const time = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${time}:${body}`).digest("hex")}`;
  return {
    method: "POST",
    body,
    headers: { "content-type": type, "x-slack-request-timestamp": time, "x-slack-signature": signature },
  };
}

/** A direct message in Slack, as the Events API sends it. */
export function slackMessage(text: string, ts = "1700000000.000100") {
  return JSON.stringify({
    type: "event_callback",
    team_id: "T1",
    api_app_id: "A1",
    event_id: `Ev${ts}`,
    event_time: 1700000000,
    authorizations: [{ team_id: "T1", user_id: "UBOT", is_bot: true }],
    event: { type: "message", channel: "D1", channel_type: "im", user: "U1", text, ts },
  });
}

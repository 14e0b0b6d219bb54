import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A platform on this machine, with one place where the bot is mentioned. */
export interface Stand {
  readonly name: string;
  /** What the bot is started with to talk to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Somebody writes this and mentions the bot, which listens at that address. */
  mention(text: string, bot: string): Promise<void>;
  /** What the bot has written there, and which labels it has set, as the platform keeps it. */
  answer(): Promise<{ readonly said: readonly string[]; readonly labels: readonly string[] }>;
  close(): Promise<void>;
}

/** A request that a stand-in is asked to answer: `GET /path`, and what was sent. */
export interface Asked {
  readonly route: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly sent: Readonly<Record<string, unknown>>;
}

/** Serves JSON on a free port of this machine. An answer of undefined is a 404. */
export async function serveJson(answer: (asked: Asked) => unknown): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString();
      const route = `${request.method} ${(request.url ?? "").split("?", 1)[0]}`;
      const sent = body === "" ? {} : (JSON.parse(body) as Asked["sent"]);
      const said = answer({ route, headers: request.headers, sent });
      response.writeHead(said === undefined ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(said ?? {}));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

/** Calls a webhook of the bot's; throws when it is not taken. */
export async function call(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const { status } = await fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
  if (status < 200 || status > 299) throw new Error(`${url} answered ${status}`);
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the adapter made. */
export interface HttpCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of the platform. */
export interface HttpAnswer {
  /** 200 unless set. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text or bytes as they are; anything else as JSON. */
  readonly body?: unknown;
}

/** What a scripted server does with a request: answer, break the connection, or nothing at all. */
export type Behaviour = ((call: HttpCall) => HttpAnswer) | "reset" | "hang";

/** A server on a free port of this machine. */
export interface ScriptedServer {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly calls: readonly HttpCall[];
  /** Replaces what it does from the next request on. */
  behave(behaviour: Behaviour): void;
  /** Resolves when the server has got its next request. */
  called(): Promise<HttpCall>;
  close(): Promise<void>;
}

/** Starts a {@link ScriptedServer}. */
export async function scriptedServer(first: Behaviour): Promise<ScriptedServer> {
  let behaviour = first;
  const calls: HttpCall[] = [];
  const waiting = new Set<(call: HttpCall) => void>();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await read(request);
    calls.push(call);
    for (const resolve of waiting) resolve(call);
    waiting.clear();
    if (behaviour === "reset") request.socket.destroy();
    else if (behaviour !== "hang") write(response, behaviour(call));
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    behave: (next) => void (behaviour = next),
    called: () => new Promise((resolve) => void waiting.add(resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<HttpCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString(),
  };
}

function write(response: ServerResponse, { status = 200, headers = {}, body = "" }: HttpAnswer): void {
  const raw = typeof body === "string" || body instanceof Uint8Array;
  response.writeHead(status, { ...(!raw && { "content-type": "application/json" }), ...headers });
  response.end(raw ? body : JSON.stringify(body));
}

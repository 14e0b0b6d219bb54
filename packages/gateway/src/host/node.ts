import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GatewayError, isGatewayError } from "../error.ts";
import { systemClock } from "../kit/time.ts";
import type { Adapter, RawRequest } from "../contract/index.ts";
import type { Gateway } from "./api.ts";

type Any = Gateway<readonly Adapter[], never>;
/** A gateway, whatever its adapters and session. */
export type AnyGateway = Pick<Any, "fetch" | "receive" | "serves" | "maxBodyBytes" | "start" | "stop" | "health">;

/** A request that a framework has passed on: `originalUrl` is the path before it was mounted. */
type MountedRequest = IncomingMessage & { readonly originalUrl?: string; readonly body?: unknown };

/**
 * The gateway as a `node:http` listener. It mounts in Express or Connect (`app.use(listener(gateway))`, before any body parser)
 * and calls `next` for paths that are not its own; alone it answers them 404.
 */
export function listener(
  gateway: AnyGateway,
): (request: MountedRequest, response: ServerResponse, next?: (error?: unknown) => void) => void {
  return (request, response, next) => {
    answer(gateway, request, response, next).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (next) next(error);
      else response.writeHead(500).end();
    });
  };
}

/** A gateway that listens. */
export interface Serving {
  readonly server: Server;
  readonly port: number;
  /** Stops taking requests, drains and closes the gateway. */
  close(): Promise<void>;
}

/** How to listen. */
export interface ServeOptions {
  /** 3000 unless set; 0 takes a free one. */
  readonly port?: number;
  /** Address to listen at: `127.0.0.1` unless set, where a proxy of this machine finds it. In a container write `0.0.0.0`. */
  readonly host?: string;
  /** Whether `SIGTERM` and `SIGINT` drain and stop the gateway and end the process; a second one ends it at once. True unless set. */
  readonly signals?: boolean;
  /** How long a sender may take for its headers, and for its whole request; then it is cut off. 10,000 and 15,000 unless set. */
  readonly headersTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  /** Answers what is not the gateway's; 404 unless set. */
  readonly fallback?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Starts the gateway and a server for it. Rejects with `options.invalid` when the address is taken or not to be had. */
export async function serve(gateway: AnyGateway, options: ServeOptions = {}): Promise<Serving> {
  const {
    port = 3000,
    host = "127.0.0.1",
    signals = true,
    headersTimeoutMs = 10_000,
    requestTimeoutMs = 15_000,
    fallback,
  } = options;
  await gateway.start().catch(failPlainly);
  const handle = listener(gateway);
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, headersTimeoutMs / 2),
    },
    (request, response) => {
      if (request.url === "/health" && request.method === "GET") return void health(gateway, response);
      handle(request, response, fallback && (() => fallback(request, response)));
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch(async (error: unknown) => {
    await gateway.stop();
    failPlainly(cannotListen(error, host, port));
  });
  let asked = false;
  const onSignal = (): void => {
    if (asked) process.exit(1);
    asked = true;
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  const names = signals ? (["SIGTERM", "SIGINT"] as const) : [];
  for (const name of names) process.on(name, onSignal);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await gateway.stop();
      server.closeAllConnections();
      await closed;
      if (!asked) for (const name of names) process.off(name, onSignal);
    })());
  return { server, port: (server.address() as AddressInfo).port, close };
}

/** What a program ends with, or a framework prints: in one line, without a trace of what is not theirs. */
function failPlainly(error: unknown): never {
  if (isGatewayError(error)) error.stack = `${error.name}: ${error.message}`;
  throw error;
}

function cannotListen(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program listens there. Stop it, or choose another port",
    EACCES: "this user may not. Choose a port above 1023",
    EADDRNOTAVAIL: "this machine has no such address. Leave `host` out, or set 0.0.0.0 to listen on all of its addresses",
  };
  const reason = typeof code === "string" ? reasons[code] : undefined;
  if (reason === undefined) return error;
  return new GatewayError("options.invalid", `serve: cannot listen on ${host}:${port}: ${reason}.`);
}

async function health(gateway: AnyGateway, response: ServerResponse): Promise<void> {
  const state = await gateway.health();
  response
    .writeHead(state.ok ? 200 : 503, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify({ ok: state.ok }));
}

async function answer(
  gateway: AnyGateway,
  request: MountedRequest,
  response: ServerResponse,
  next?: (error?: unknown) => void,
): Promise<void> {
  const url = request.originalUrl ?? request.url ?? "/";
  if (!/^[^?]*\/webhooks\/[^/?]*(?:\?|$)/.test(url)) return site(gateway, request, response, url, next);
  if (request.readableEnded || (request.body !== undefined && request.readableDidRead)) {
    return failPlainly(
      new GatewayError(
        "wire.malformed",
        "listener: a body parser ran before the gateway and used up the bytes that signatures are made of. Mount the gateway before express.json() and its like.",
      ),
    );
  }
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") return refuse(request, response, 415);
  const body = await readBody(request, gateway.maxBodyBytes);
  const raw: RawRequest = {
    method: request.method ?? "GET",
    url,
    header: (name) => header(request, name),
    body,
    receivedAt: systemClock.now(),
  };
  const result = await gateway.receive(raw);
  if (!result) return notFound(response, next);
  if (result.status === 413) return refuse(request, response, 413);
  // Not by `writeHead`: its headers are sealed before the length of the body is known, and the body goes out in chunks.
  response.statusCode = result.status;
  for (const name in result.headers) response.setHeader(name, result.headers[name] ?? "");
  response.end(result.body);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** The exact bytes. Of too many no more than show that: none where their length is declared. */
async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  if (Number(request.headers["content-length"]) > limit) return new Uint8Array();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on("data", (piece: Buffer) => {
      pieces.push(piece);
      if ((size += piece.byteLength) <= limit) return;
      request.removeAllListeners("data");
      resolve(Buffer.concat(pieces));
    });
    request.on("end", () => resolve(pieces[0] && pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)));
    // A sender that hangs up early is an error of its request.
    request.on("error", reject);
  });
}

/** Says no, and does not listen to the rest. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: "close" }).end(() => request.destroy());
}

/** Pages of adapters speak Fetch; everything else is not ours. */
async function site(
  gateway: AnyGateway,
  request: MountedRequest,
  response: ServerResponse,
  url: string,
  next?: (error?: unknown) => void,
): Promise<void> {
  const abort = new AbortController();
  response.on("close", () => abort.abort());
  const method = request.method ?? "GET";
  const scheme = "encrypted" in request.socket ? "https" : "http";
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) for (const one of [value ?? []].flat()) headers.append(name, one);
  // Fetch has no word for these, and no page of ours answers them.
  if (method === "TRACE" || method === "TRACK" || method === "CONNECT") return refuse(request, response, 405);
  const hasBody = method !== "GET" && method !== "HEAD";
  let target: URL;
  try {
    target = new URL(url, `${scheme}://${request.headers.host ?? "localhost"}`);
  } catch {
    return refuse(request, response, 400);
  }
  if (next && !gateway.serves(target.pathname)) return next();
  const result = await gateway.fetch(
    new Request(target, {
      method,
      headers,
      signal: abort.signal,
      ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: "half" } : {}),
    }),
  );
  if (response.destroyed) return result.body?.cancel();
  response.writeHead(result.status, Object.fromEntries(result.headers));
  if (!result.body) return void response.end();
  response.flushHeaders();
  // Nothing is read ahead of a slow reader. One that leaves cancels the body.
  await pipeline(Readable.fromWeb(result.body, { highWaterMark: 0 }), response);
}

function notFound(response: ServerResponse, next?: (error?: unknown) => void): void {
  if (next) next();
  else response.writeHead(404).end("not found");
}

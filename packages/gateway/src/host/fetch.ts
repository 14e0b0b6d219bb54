import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { pipeline, Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { WholeResponse } from "./answer.ts";

/** Answers of up to this size are read whole before they are handed over; longer ones stream. */
const wholeBytes = 65_536;
const nullBody = new Set([204, 205, 304]);
const known = new Set(["method", "headers", "body", "signal", "redirect"]);
const decoders = { br: createBrotliDecompress, deflate: createInflate, gzip: createGunzip, "x-gzip": createGunzip };

/**
 * The `fetch` that adapters get unless the gateway was given another. A plain call — text or bytes to a URL, no redirect to
 * follow after a POST — goes through node:http and its kept-alive sockets, for half the processor time of the built-in
 * `fetch`; everything else is left to that. Differences to know: answers are asked for uncompressed, and proxies are those of
 * node:http's global agents (`NODE_USE_ENV_PROXY=1`), not those of a dispatcher set for the built-in `fetch`.
 */
export const lightFetch: typeof fetch = (input, init = {}) => {
  const call = plainCall(input, init);
  return call ? send(call) : fetch(input, init);
};

/** A request over node:http. */
export interface Call {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | undefined;
  readonly redirect: NonNullable<RequestInit["redirect"]>;
  readonly signal: AbortSignal | undefined;
  /** How to connect; over the kept-alive sockets of this machine's agents unless set. */
  readonly connection?: Pick<RequestOptions, "agent" | "lookup">;
}

/** The call as node:http takes it; undefined when it asks for more than that. */
function plainCall(input: string | URL | Request, init: RequestInit): Call | undefined {
  if (typeof input !== "string" && !(input instanceof URL)) return undefined;
  for (const name in init) if (!known.has(name)) return undefined;
  const method = init.method ?? "GET";
  const { redirect = "follow", signal, body = null } = init;
  const reads = method === "GET" || method === "HEAD";
  // What is redirected after a POST must not be sent once more; what is read may be.
  if ((!reads && (redirect === "follow" || method !== "POST")) || (reads && body !== null)) return undefined;
  const url = typeof input === "string" ? URL.parse(input) : input;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "" || url.password !== "")
    return undefined;

  const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity", "user-agent": "node" };
  for (const [name, value] of entriesOf(init.headers)) headers[name.toLowerCase()] = value;
  if (body === null) {
    if (!reads) headers["content-length"] = "0";
    return { url, method, headers, body: undefined, redirect, signal: signal ?? undefined };
  }
  const bytes = body instanceof URLSearchParams ? body.toString() : body;
  if (typeof bytes !== "string" && !(bytes instanceof Uint8Array)) return undefined;
  if (body instanceof URLSearchParams) headers["content-type"] ??= "application/x-www-form-urlencoded;charset=UTF-8";
  else if (typeof bytes === "string") headers["content-type"] ??= "text/plain;charset=UTF-8";
  headers["content-length"] = String(Buffer.byteLength(bytes));
  return { url, method, headers, body: bytes, redirect, signal: signal ?? undefined };
}

function entriesOf(headers: RequestInit["headers"]): Iterable<readonly [string, string]> {
  if (headers === undefined) return [];
  if (headers instanceof Headers) return headers;
  return Array.isArray(headers) ? headers : Object.entries(headers as Record<string, string>);
}

/** Makes the request; the answer is that of `fetch`. */
export function send(call: Call): Promise<Response> {
  const { url, method, headers, body, redirect, signal, connection } = call;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    let outgoing: ClientRequest;
    let answer: IncomingMessage | undefined;
    const abort = (): void => {
      reject(signal?.reason as Error);
      (answer ?? outgoing).destroy(signal?.reason as Error);
    };
    const fail = (cause: unknown): void => {
      signal?.removeEventListener("abort", abort);
      reject(new TypeError("fetch failed", { cause }));
    };
    try {
      // A list, and an address in parts, spare node:http a map of the headers and a copy of the URL.
      const options: RequestOptions = {
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[|\]$/g, ""),
        port: url.port,
        path: url.pathname + url.search,
        method,
        headers: Object.entries({ host: url.host, ...headers }).flat(),
        ...connection,
      };
      // Loaded when first needed: node:http is half of what importing the gateway would cost.
      const { request } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
      outgoing = request(options);
    } catch (error) {
      return fail(error);
    }
    signal?.addEventListener("abort", abort, { once: true });
    outgoing.on("error", fail);
    outgoing.on("response", (incoming) => {
      answer = incoming;
      const moved = incoming.statusCode !== undefined && incoming.statusCode >= 300 && incoming.headers.location !== undefined;
      if (moved && incoming.statusCode !== 304 && redirect !== "manual") {
        incoming.resume();
        signal?.removeEventListener("abort", abort);
        if (redirect === "error") reject(new TypeError("fetch failed", { cause: new Error("unexpected redirect") }));
        else fetch(url, { method, headers, ...(signal ? { signal } : {}) }).then(resolve, reject);
        return;
      }
      incoming.on("close", () => signal?.removeEventListener("abort", abort));
      const decoder = decoders[incoming.headers["content-encoding"] as keyof typeof decoders];
      if (decoder) resolve(response(incoming, url, Readable.toWeb(pipeline(incoming, decoder(), () => {}))));
      else read(incoming, url, resolve, fail);
    });
    outgoing.end(body);
  });
}

/** Reads a short answer to its end, so that handing it over costs no stream. */
function read(incoming: IncomingMessage, url: URL, resolve: (response: Response) => void, fail: (cause: unknown) => void): void {
  const pieces: Buffer[] = [];
  let size = 0;
  const take = (piece: Buffer): void => {
    pieces.push(piece);
    size += piece.byteLength;
    if (size > wholeBytes) stream();
  };
  const end = (): void => resolve(response(incoming, url, pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)));
  const stream = (): void => {
    incoming.off("data", take).off("end", end).off("error", fail).pause();
    if (size > 0) incoming.unshift(Buffer.concat(pieces));
    resolve(response(incoming, url, Readable.toWeb(incoming)));
  };
  incoming.on("error", fail);
  incoming.on("end", end);
  incoming.on("data", take);
}

function response(incoming: IncomingMessage, url: URL, body: Buffer | ReadableStream): Response {
  const headers: [string, string][] = [];
  const { rawHeaders: raw } = incoming;
  for (let index = 0; index + 1 < raw.length; index += 2) headers.push([raw[index] as string, raw[index + 1] as string]);
  const { statusCode: status = 200, statusMessage: statusText = "" } = incoming;
  if (body instanceof Uint8Array) {
    return new WholeResponse({ status, statusText, headers, url: url.href, body: nullBody.has(status) ? null : body });
  }
  const made = new Response(nullBody.has(status) ? null : body, { status, statusText, headers });
  Object.defineProperty(made, "url", { value: url.href });
  return made;
}

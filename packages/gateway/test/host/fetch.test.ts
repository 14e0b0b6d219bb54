import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lightFetch } from "../../src/host/fetch.ts";

let server: Server;
let base: string;
let sockets: number;
const requests: string[] = [];

const pages: Record<string, (request: IncomingMessage, response: ServerResponse, body: string) => void> = {
  "/echo": ({ method, headers }, response, body) => {
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.writeHead(201, "Made", { "content-type": "application/json", "x-answer": "yes" });
    const { "content-type": type, "content-length": length, authorization } = headers;
    response.end(JSON.stringify({ method, type, length, authorization, body }));
  },
  "/empty": (_, response) => void response.writeHead(204).end(),
  "/large": (_, response) => {
    response.writeHead(200);
    for (let index = 0; index < 40; index += 1) response.write(String(index % 10).repeat(10_000));
    response.end("end");
  },
  "/gzip": (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("pressed")),
  "/moved": (_, response) => void response.writeHead(307, { location: "/echo" }).end(),
  "/failed": (_, response) => void response.writeHead(503, { "retry-after": "7" }).end("later"),
  "/broken": (request) => void request.socket.destroy(),
  "/torn": (request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("some");
    setImmediate(() => request.socket.destroy());
  },
  "/silent": () => {},
};

beforeAll(async () => {
  sockets = 0;
  server = createServer((request, response) => {
    let body = "";
    requests.push(`${request.method} ${request.url}`);
    request.setEncoding("utf8");
    request.on("data", (piece: string) => (body += piece));
    request.on("end", () => pages[request.url ?? ""]?.(request, response, body));
  });
  server.on("connection", () => (sockets += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** All that a caller can see of an answer. */
async function seen(call: Promise<Response>): Promise<object> {
  try {
    const answer = await call;
    const { status, statusText, ok, url, headers } = answer;
    const named = Object.fromEntries([...headers].filter(([name]) => !/^(date|connection|keep-alive)$/.test(name)));
    return { status, statusText, ok, url, named, cookies: headers.getSetCookie(), text: await answer.text() };
  } catch (error) {
    // The two word their errors differently; callers tell by the name.
    return { failed: error instanceof Error ? error.name : String(error) };
  }
}

const calls: readonly (readonly [what: string, path: string, init: RequestInit])[] = [
  ["reads", "/echo", {}],
  ["posts text", "/echo", { method: "POST", body: "grüße", redirect: "error" }],
  ["posts bytes", "/echo", { method: "POST", body: new Uint8Array([65, 66]), redirect: "error" }],
  ["posts a form", "/echo", { method: "POST", body: new URLSearchParams({ a: "1 & 2" }), redirect: "error" }],
  ["posts nothing", "/echo", { method: "POST", redirect: "error" }],
  ["posts what only the built-in can", "/echo", { method: "POST", body: new Blob(["blob"]), redirect: "error" }],
  ["posts where redirects are followed", "/moved", { method: "POST", body: "again" }],
  ["sends plain headers", "/echo", { method: "POST", body: "{}", headers: { Authorization: "Bearer x" }, redirect: "error" }],
  ["sends Headers", "/echo", { headers: new Headers({ Authorization: "Bearer x" }) }],
  ["sends pairs", "/echo", { headers: [["Authorization", "Bearer x"]] }],
  ["reads nothing", "/empty", {}],
  ["reads a long answer", "/large", {}],
  ["reads what was compressed unasked", "/gzip", {}],
  ["follows a redirect", "/moved", {}],
  ["refuses a redirect", "/moved", { redirect: "error" }],
  ["shows a redirect", "/moved", { redirect: "manual" }],
  ["shows a failure", "/failed", { method: "POST", body: "{}", redirect: "error" }],
  ["fails with the line", "/broken", { method: "POST", body: "{}", redirect: "error" }],
  ["refuses a header that is none", "/echo", { headers: { "x-bad": "a\nb" } }],
];

describe("lightFetch does what fetch does", () => {
  it.each(calls)("%s", async (_, path, init) => {
    expect(await seen(lightFetch(base + path, init))).toEqual(await seen(fetch(base + path, init)));
  });

  it.each([
    ["json", async (answer: Response) => [await answer.json(), answer.bodyUsed]],
    ["bytes", async (answer: Response) => [[...new Uint8Array(await answer.arrayBuffer())].length > 0, answer.bodyUsed]],
    ["a blob", async (answer: Response) => [(await answer.blob()).size > 0, answer.bodyUsed]],
    ["a stream", async (answer: Response) => (await answer.body?.getReader().read())?.done],
    ["a copy", async (answer: Response) => [await answer.clone().json(), await answer.json(), answer.bodyUsed]],
    ["nothing at first", async (answer: Response) => [answer.bodyUsed, answer.redirected, answer.type]],
    ["twice", async (answer: Response) => [await answer.text(), answer.bodyUsed, await answer.text().catch(String)]],
    ["a stream of what was read", async (answer: Response) => [await answer.text(), answer.body?.locked, answer.bodyUsed]],
  ])("lets its answer be read as %s", async (_, look) => {
    const call = { method: "POST", body: "{}", redirect: "error" } as const;
    expect(await look(await lightFetch(`${base}/echo`, call))).toEqual(await look(await fetch(`${base}/echo`, call)));
  });

  it("rejects with the reason of its signal, before and during the call", async () => {
    const reason = new Error("enough");
    await expect(lightFetch(`${base}/silent`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    const call = lightFetch(`${base}/silent`, { signal: abort.signal, redirect: "error", method: "POST", body: "x" });
    abort.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  it("stops a long answer when its signal aborts", async () => {
    const abort = new AbortController();
    const answer = await lightFetch(`${base}/large`, { signal: abort.signal });
    abort.abort();
    await expect(answer.text()).rejects.toHaveProperty("name", "AbortError");
  });

  it("rejects an answer that breaks off", async () => {
    await expect(lightFetch(`${base}/torn`)).rejects.toThrow("fetch failed");
  });

  it("rejects an address that is none", async () => {
    await expect(lightFetch("nowhere")).rejects.toThrow(TypeError);
  });

  it("keeps its line between calls", async () => {
    const before = sockets;
    for (let index = 0; index < 5; index += 1) await (await lightFetch(`${base}/echo`)).text();
    expect(sockets - before).toBeLessThanOrEqual(1);
  });

  it("asks for no redirected post twice", async () => {
    requests.length = 0;
    await lightFetch(`${base}/moved`, { method: "POST", body: "x", redirect: "error" }).catch(() => undefined);
    expect(requests).toEqual(["POST /moved"]);
  });
});

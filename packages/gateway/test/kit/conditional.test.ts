import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conditionalFetch } from "../../src/kit/index.ts";

// A server whose answers differ from caller to caller, and that counts what it had to say in full.
const seen: { readonly url: string; readonly status: number }[] = [];
let version = 1;
let base = "";

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "";
  const body = JSON.stringify({
    url,
    version,
    to: request.headers.authorization ?? "nobody",
    pad: url.includes("large") ? "x".repeat(2000) : "",
  });
  const tag = `"${Buffer.from(`${version} ${request.headers.authorization}`).toString("base64")}"`;
  const date = new Date(Date.UTC(2026, 0, version)).toUTCString();
  const validator: Record<string, string> = url.includes("none")
    ? {}
    : url.includes("dated")
      ? { "last-modified": date }
      : { etag: tag };
  const same = request.headers["if-none-match"] === tag || request.headers["if-modified-since"] === date;
  const status = request.method === "GET" && same ? 304 : 200;
  seen.push({ url, status });
  response.writeHead(status, {
    "content-type": url.includes("text") ? "text/plain" : "application/json",
    "x-left": String(seen.length),
    ...validator,
  });
  response.end(status === 304 ? undefined : body);
}

const server = createServer(answer);
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const statuses = (path: string): number[] => seen.filter(({ url }) => url === path).map(({ status }) => status);

describe("conditionalFetch", () => {
  it("answers an unchanged read from what it has, after the server said 304, and counts it", async () => {
    const { fetch: ask, stats } = conditionalFetch(fetch);
    const first = await ask(`${base}/same`);
    const second = await ask(new URL(`${base}/same`), { method: "get" });
    expect(await second.json()).toEqual(await first.json());
    expect(statuses("/same")).toEqual([200, 304]);
    expect(stats).toEqual({ hits: 1, misses: 1 });
    expect([second.status, second.ok, second.url]).toEqual([200, true, `${base}/same`]);
    expect(Number(second.headers.get("x-left"))).toBeGreaterThan(Number(first.headers.get("x-left")));
  });

  it("goes by the date of change where there is no tag", async () => {
    const { fetch: ask, stats } = conditionalFetch(fetch);
    for (let time = 0; time < 2; time += 1) await (await ask(`${base}/dated`)).json();
    expect(statuses("/dated")).toEqual([200, 304]);
    expect(stats).toEqual({ hits: 1, misses: 1 });
  });

  it("tells what has changed", async () => {
    const { fetch: ask, stats } = conditionalFetch(fetch);
    await ask(`${base}/changes`);
    version += 1;
    expect(await (await ask(`${base}/changes`)).json()).toMatchObject({ version });
    expect(await (await ask(`${base}/changes`)).json()).toMatchObject({ version });
    expect(statuses("/changes")).toEqual([200, 200, 304]);
    expect(stats).toEqual({ hits: 1, misses: 2 });
  });

  it("never gives one account what another read: each has its own, and the server is asked each time", async () => {
    const [ada, bob] = [conditionalFetch(fetch), conditionalFetch(fetch)];
    const to = (name: string): RequestInit => ({ headers: { authorization: name } });
    for (let time = 0; time < 2; time += 1) {
      expect(await (await ada.fetch(`${base}/mine`, to("ada"))).json()).toMatchObject({ to: "ada" });
      expect(await (await bob.fetch(`${base}/mine`, to("bob"))).json()).toMatchObject({ to: "bob" });
    }
    expect(statuses("/mine")).toEqual([200, 200, 304, 304]);
    expect([ada.stats.hits, bob.stats.hits]).toEqual([1, 1]);
    // Even within one client another caller gets what the server has for that caller.
    expect(await (await ada.fetch(`${base}/mine`, to("eve"))).json()).toMatchObject({ to: "eve" });
  });

  it("keeps apart what was asked for in different forms", async () => {
    const { fetch: ask, stats } = conditionalFetch(fetch);
    await ask(`${base}/forms`, { headers: { accept: "application/json" } });
    await ask(`${base}/forms`, { headers: { accept: "application/vnd.raw+json" } });
    expect(stats).toEqual({ hits: 0, misses: 2 });
  });

  it.each(["/none", "/text", "/large"])("lets %s pass, which it does not keep", async (path) => {
    const { fetch: ask, stats } = conditionalFetch(fetch, { bytes: 8_000 });
    for (let time = 0; time < 2; time += 1) expect((await (await ask(base + path)).text()).length).toBeGreaterThan(10);
    expect(statuses(path)).toEqual([200, 200]);
    expect(stats).toEqual({ hits: 0, misses: 2 });
  });

  it("leaves writes and conditions of the caller's own alone", async () => {
    const { fetch: ask, stats } = conditionalFetch(fetch);
    const { headers } = await ask(`${base}/own`);
    await ask(`${base}/own`, { method: "POST", body: "{}" });
    expect((await ask(`${base}/own`, { headers: { "if-none-match": headers.get("etag") ?? "" } })).status).toBe(304);
    expect((await ask(new Request(`${base}/own`))).status).toBe(200);
    expect(stats).toEqual({ hits: 0, misses: 1 });
  });

  it.each([
    ["entries", { entries: 2 }],
    ["bytes", { bytes: 500 }],
  ])("forgets what was read longest ago beyond its %s", async (name, limit) => {
    const { fetch: ask, stats } = conditionalFetch(fetch, limit);
    const read = async (path: string): Promise<void> => void (await ask(`${base}/${name}/${path}`));
    const many = Array.from({ length: 12 }, (_, i) => String(i));
    for (const path of many) await read(path);
    await read("11");
    expect(stats.hits).toBe(1);
    await read("0");
    expect(stats.hits).toBe(1);
  });
});

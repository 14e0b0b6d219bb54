import { scriptedServer, type HttpAnswer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { github, type GithubOptions } from "../src/index.ts";
import { now, privateKey, world } from "./support/index.ts";

let server: ScriptedServer;
let respond: (call: HttpCall) => HttpAnswer | undefined = () => undefined;
const delivery = (id: number, guid: string, more: object = {}) => ({
  id,
  guid,
  status_code: 0,
  delivered_at: new Date(now - 60_000).toISOString(),
  ...more,
});

beforeEach(async () => {
  server = await scriptedServer((call) => respond(call) ?? (call.method === "GET" ? { body: [] } : { status: 202, body: {} }));
});
afterEach(async () => await server.close());

const line = (options: GithubOptions = {}) =>
  github({ apiUrl: server.url, appId: "1", privateKey, ...options }).transports.connection;
const sink = async () => ({ status: 200 });
const asked = (): string[] => server.calls.filter(({ method }) => method === "POST").map(({ url }) => url);
const failures = (list: object[]) => (call: HttpCall) =>
  call.method === "GET" && call.url.startsWith("/app/hook/deliveries") ? { body: list } : undefined;

/** Holds the line until `looks` looks are over. */
async function hold(looks: number, context = world(), options: GithubOptions = {}): Promise<number> {
  const stop = new AbortController();
  const running = line(options)?.run("default", sink, { ...context, signal: stop.signal }, () => void (ups += 1));
  let ups = 0;
  for (let look = 0; look < looks; look++) {
    await expect.poll(() => context.clock.pending).toBeGreaterThan(0);
    if (look < looks - 1) await context.clock.advance(600_000);
  }
  stop.abort();
  await running;
  return ups;
}

describe("the line that asks again for what did not arrive", () => {
  it("is wanted for an App or named webhooks, and not when it is switched off", async () => {
    const context = world();
    expect(await line()?.lines(context)).toEqual(["default"]);
    expect(await line({ redeliverEveryMs: false })?.lines(context)).toEqual([]);
    expect(await github({ token: "t" }).transports.connection?.lines(context)).toEqual([]);
    expect(await github({ token: "t", webhooks: ["octo/app"], account: "acme" }).transports.connection?.lines(context)).toEqual([
      "acme",
    ]);
  });

  it("asks once for each delivery that failed, however often it looks, and is up after the first look", async () => {
    respond = failures([
      delivery(1, "a"),
      delivery(2, "b", { status_code: 503 }),
      delivery(3, "b", { status_code: 500 }),
      delivery(4, "c", { status_code: 200 }),
      delivery(5, "d", { status_code: 202, redelivery: true }),
      delivery(6, "d", { status_code: 502 }),
    ]);
    const context = world();
    expect(await hold(3, context)).toBe(1);
    expect(asked()).toEqual(["/app/hook/deliveries/1/attempts", "/app/hook/deliveries/2/attempts"]);
    expect(server.calls.filter(({ method }) => method === "GET")).toHaveLength(3);
    expect(server.calls[0]?.url).not.toContain("status=");
    expect(context.log.text()).toContain("asked again");
    await hold(1, context);
    expect(asked()).toHaveLength(2);
  });

  it("looks back as far as GitHub remembers at first, then no further than the last look and some minutes", async () => {
    const old = (hours: number, id: number) =>
      delivery(id, `g${id}`, { delivered_at: new Date(now - hours * 3_600_000).toISOString() });
    respond = failures([old(1, 1), old(71, 2), old(73, 3), old(1, 4)]);
    const context = world();
    await hold(1, context);
    expect(asked()).toEqual(["/app/hook/deliveries/1/attempts", "/app/hook/deliveries/2/attempts"]);
    respond = failures([old(0.05, 5), old(0.2, 6)]);
    await hold(1, context);
    expect(asked().slice(2)).toEqual(["/app/hook/deliveries/5/attempts"]);
  });

  it("reads page after page, and ids that a number cannot hold", async () => {
    respond = (call) => {
      if (call.method !== "GET") return undefined;
      const first = !call.url.includes("cursor=v1");
      const headers = {
        "content-type": "application/json",
        ...(first
          ? { link: '<https://elsewhere.example/app/hook/deliveries?cursor=v1&per_page=1&url=https://evil.example>; rel="next"' }
          : {}),
      };
      return {
        headers,
        body: JSON.stringify([delivery(1, first ? "a" : "b")]).replace('"id":1', first ? '"id":123456789012345678' : '"id":7'),
      };
    };
    await hold(1);
    expect(asked()).toEqual(["/app/hook/deliveries/123456789012345678/attempts", "/app/hook/deliveries/7/attempts"]);
  });

  it("asks once more for what was lost again, for two hours of looks and not for ever", async () => {
    const lost = [delivery(1, "a"), delivery(2, "b")];
    respond = (call) => {
      const [, id] = /deliveries\/(\d+)\/attempts$/.exec(call.url) ?? [];
      if (id === undefined) return failures(lost)(call);
      const [guid, status] = Number(id) % 2 === 1 ? ["a", 502] : ["b", 200];
      lost.unshift(
        delivery(Number(id) + 2, guid, { status_code: status, delivered_at: new Date(context.clock.now()).toISOString() }),
      );
      return undefined;
    };
    const context = world();
    await hold(20, context);
    const ids = asked().map((url) => Number(/\d+/.exec(url)?.[0]));
    expect(ids.filter((id) => id % 2 === 0)).toEqual([2]);
    expect(ids.filter((id) => id % 2 === 1)).toEqual(Array.from({ length: 12 }, (_, at) => 1 + 2 * at));
  });

  it("is kept from no delivery by one that GitHub will not send again, and from no webhook by one that is gone", async () => {
    respond = (call) => {
      if (call.url.startsWith("/repos/octo/gone/")) return { status: 404, body: { message: "Not Found" } };
      if (call.url.startsWith("/repos/octo/app/hooks?"))
        return { body: [{ id: 1, config: { url: "https://bot.example/webhooks/github" } }] };
      if (call.method === "GET") return { body: [delivery(1, "a"), delivery(2, "b")] };
      return call.url.includes("/1/attempts") ? { status: 422, body: { message: "Validation Failed" } } : undefined;
    };
    const context = world();
    expect(await hold(2, context, { token: "t", webhooks: ["octo/gone", "octo/app"] })).toBe(1);
    expect(asked()).toEqual(["/repos/octo/app/hooks/1/deliveries/1/attempts", "/repos/octo/app/hooks/1/deliveries/2/attempts"]);
    expect(context.log.text()).toMatch(/octo\/gone.*could not be looked after/s);
    const alone = line({ token: "t", webhooks: ["octo/gone"] })?.run("default", sink, world(), () => undefined);
    await expect(alone).rejects.toMatchObject({ code: "target.gone" });
  });

  it("dies when GitHub fails, and asks for the same delivery on the next line", async () => {
    let broken = true;
    respond = (call) => (call.method === "POST" && broken ? { status: 500, body: {} } : failures([delivery(1, "a")])(call));
    const context = world();
    await expect(line()?.run("default", sink, context, () => undefined)).rejects.toMatchObject({ code: "platform.failed" });
    broken = false;
    await hold(1, context);
    expect(asked()).toHaveLength(2);
  });

  it("looks at the webhooks of repositories and organizations that lead to us", async () => {
    const hook = (id: number, url: string) => ({ id, config: { url } });
    respond = (call) => {
      if (call.url.startsWith("/repos/octo/app/hooks?"))
        return { body: [hook(1, "https://bot.example/webhooks/github"), hook(2, "https://other.example/")] };
      if (call.url.startsWith("/orgs/octo/hooks?")) return { body: [hook(3, "https://bot.example/webhooks/github")] };
      return call.method === "GET" ? { body: [delivery(9, call.url)] } : undefined;
    };
    const context = world();
    const stop = new AbortController();
    const { connection } = github({ apiUrl: server.url, token: "t", webhooks: ["octo/app", "octo"] }).transports;
    await connection?.run("default", sink, { ...context, signal: stop.signal }, () => stop.abort());
    expect(asked()).toEqual(["/repos/octo/app/hooks/1/deliveries/9/attempts", "/orgs/octo/hooks/3/deliveries/9/attempts"]);
  });
});

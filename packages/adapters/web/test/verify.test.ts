import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { web } from "../src/index.ts";
import { ask, inputId, origin, visit } from "./visitor.ts";
import { createWorld, key } from "./world.ts";

const message = (name: string) => ({ id: inputId(name), text: "hello" });

describe("sessions", () => {
  it("give each visitor a room, and the same one with the cookie", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key });
    const ada = await visit(adapter, world);
    const grace = await visit(adapter, world);
    expect(ada.room).toMatch(/^[0-9a-f]{32}$/);
    expect(grace.room).not.toBe(ada.room);
    expect((await visit(adapter, world, ada.cookie)).room).toBe(ada.room);
    expect(world.deliveries().map(({ via }) => via)).toEqual(["join", "join"]);
  });

  it("survive a restart: the key lies in the store, and two processes make one", async () => {
    const world = createWorld();
    const ada = await visit(web(), world);
    expect((await visit(web(), world, ada.cookie)).room).toBe(ada.room);
  });

  it("set a cookie that scripts cannot read and other sites do not send", async () => {
    const world = createWorld();
    const headers = { "sec-fetch-site": "same-origin" };
    const plain = await ask(
      web({ sessionSecret: key }),
      world,
      new Request(`${origin}/chat/session`, { method: "POST", headers }),
    );
    expect(plain.headers.get("set-cookie")).toMatch(/; Path=\/chat; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
    const https = new Request("https://localhost/chat/session", { method: "POST", headers });
    expect((await ask(web({ sessionSecret: key }), world, https)).headers.get("set-cookie")).toMatch(/; Secure$/);
  });

  it("end when unused for keepMs, and are renewed by use", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key, keepMs: 3 * 86_400_000 });
    const ada = await visit(adapter, world);
    world.clock.advance(2 * 86_400_000);
    const renewed = await visit(adapter, world, ada.cookie);
    expect(renewed.room).toBe(ada.room);
    expect(renewed.cookie).not.toBe(ada.cookie);
    world.clock.advance(2 * 86_400_000);
    expect((await visit(adapter, world, renewed.cookie)).room).toBe(ada.room);
    expect((await visit(adapter, world, ada.cookie)).room).not.toBe(ada.room);
  });

  it("last as long as they are used, however short keepMs is", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key, keepMs: 60_000 });
    let { room, cookie, post } = await visit(adapter, world);
    for (let minutes = 0; minutes < 10; minutes++) {
      world.clock.advance(40_000);
      const sent = await post("/chat/messages", message(`m${minutes}`), { cookie });
      expect(sent.status).toBe(202);
      cookie = sent.headers.get("set-cookie")?.split(";", 1)[0] ?? cookie;
    }
    expect((await visit(adapter, world, cookie)).room).toBe(room);
    expect((await post("/chat/messages", message("z"), { cookie })).headers.get("set-cookie")).toBeNull();
  });

  it("last for who only reads: the stream ends in time for the page to ask for its session again", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key, keepMs: 60_000 });
    const ada = await visit(adapter, world);
    world.clock.advance(19_000);
    const { body } = await ada.get("/chat/events");
    let open = true;
    const read = body?.pipeTo(new WritableStream()).then(() => (open = false));
    for (let seconds = 20; open && seconds < 60; seconds++) {
      world.clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(open).toBe(false);
    await read;
    expect((await visit(adapter, world, ada.cookie)).room).toBe(ada.room);
  });

  it("accept no cookie that was changed in any character, and none of another key", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key });
    const ada = await visit(adapter, world);
    const [name = "", value = ""] = ada.cookie.split("=");
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: value.length - 1 }),
        fc.constantFrom("0", "f", "z", ".", ""),
        async (at, other) => {
          fc.pre(value[at] !== other);
          const forged = `${name}=${value.slice(0, at)}${other}${value.slice(at + 1)}`;
          const events = await ada.get("/chat/events", { cookie: forged });
          expect(events.status).toBe(401);
        },
      ),
      { numRuns: 300 },
    );
    const stranger = web({ sessionSecret: "another key of enough length" });
    const request = new Request(`${origin}/chat/events`, { headers: { cookie: ada.cookie } });
    expect((await ask(stranger, world, request)).status).toBe(401);
  });

  it("refuse to work without one, and store nothing", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key });
    for (const path of ["messages", "actions", "forms", "options", "files"]) {
      const request = new Request(`${origin}/chat/${path}`, {
        method: "POST",
        headers: { "sec-fetch-site": "same-origin", "content-type": "application/json" },
        body: JSON.stringify(message("a")),
      });
      expect((await ask(adapter, world, request)).status, path).toBe(401);
    }
    expect(world.received).toEqual([]);
    expect(world.keys()).toEqual([]);
  });
});

describe("other sites", () => {
  const cases: [string, Record<string, string>, number][] = [
    ["same origin", { origin, "sec-fetch-site": "same-origin" }, 202],
    ["an old browser on the same origin", { origin }, 202],
    ["no word about where it comes from", {}, 403],
    ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, 403],
    ["another site that says it is the same", { origin: "https://evil.example", "sec-fetch-site": "same-origin" }, 403],
    ["a sandboxed frame", { origin: "null", "sec-fetch-site": "cross-site" }, 403],
    ["another port", { origin: "http://localhost:4000", "sec-fetch-site": "same-site" }, 403],
    ["the same host by another scheme", { origin: "https://localhost:3000", "sec-fetch-site": "cross-site" }, 403],
    ["no origin, same site", { "sec-fetch-site": "same-site" }, 403],
  ];
  it.each(cases)("POST from %s", async (_, headers, status) => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key });
    const ada = await visit(adapter, world);
    const before = world.received.length;
    const request = new Request(`${origin}/chat/messages`, {
      method: "POST",
      headers: { ...headers, cookie: ada.cookie, "content-type": "application/json" },
      body: JSON.stringify(message("a")),
    });
    expect((await ask(adapter, world, request)).status).toBe(status);
    expect(world.received.length - before).toBe(status === 202 ? 1 : 0);
  });

  it("read nothing either", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key });
    const ada = await visit(adapter, world);
    expect((await ada.get("/chat/events", { origin: "https://evil.example", "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await ada.get("/chat/events", { "sec-fetch-site": "cross-site" })).status).toBe(403);
  });

  it("may use the chat when they are allowed, with credentials", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key, allowedOrigins: ["http://localhost:5173"] });
    const ada = await visit(adapter, world);
    const from = { origin: "http://localhost:5173", "sec-fetch-site": "same-site" };
    const sent = await ada.post("/chat/messages", message("a"), from);
    expect(sent.status).toBe(202);
    expect(sent.headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
    expect(sent.headers.get("access-control-allow-credentials")).toBe("true");
    const preflight = new Request(`${origin}/chat/messages`, { method: "OPTIONS", headers: from });
    expect((await ask(adapter, world, preflight)).status).toBe(204);
    const own = await ada.post("/chat/messages", message("b"));
    expect(own.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("cannot point a name of theirs at this machine", async () => {
    const world = createWorld();
    const adapter = web({ sessionSecret: key, allowedOrigins: ["https://chat.example.com"] });
    const status = async (base: string): Promise<number> => (await ask(adapter, world, new Request(`${base}/chat`))).status;
    expect(await status("http://evil.example:3000")).toBe(403);
    for (const base of [
      "http://localhost",
      "http://a.localhost:1",
      "http://127.0.0.1:3000",
      "http://[::1]:3000",
      "https://chat.example.com",
    ])
      expect(await status(base), base).toBe(200);
  });
});

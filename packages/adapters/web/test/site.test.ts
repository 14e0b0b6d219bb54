import * as fc from "fast-check";
import { GatewayError } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { web } from "../src/index.ts";
import { ask, inputId, origin, post, send, visit } from "./visitor.ts";
import { createWorld, key } from "./world.ts";

async function start(options: Parameters<typeof web>[0] = {}) {
  const world = createWorld();
  const adapter = web({ sessionSecret: key, ...options });
  const ada = await visit(adapter, world);
  world.received.length = 0;
  return { world, adapter, ada };
}

const errorOf = async (response: Response): Promise<string> => ((await response.json()) as { error: string }).error;

describe("the page", () => {
  it("loads nothing from elsewhere, runs no inline code and shows its title as text", async () => {
    const { ada } = await start({ title: "<b>Bot</b> & co" });
    const page = await ada.get("/chat");
    const html = await page.text();
    expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(html).toContain("&#60;b&#62;Bot&#60;/b&#62; &#38; co");
    expect(html).not.toMatch(/https?:\/\/|<style|<script(?! type="module" src="\/chat\/element\.js")|\son\w+=/);
  });

  it("serves every file that its files name, and no other", async () => {
    const { ada } = await start();
    const seen = new Set<string>();
    const follow = async (name: string): Promise<void> => {
      if (seen.has(name)) return;
      seen.add(name);
      const response = await ada.get(`/chat/${name}`);
      expect(response.status, name).toBe(200);
      const body = await response.text();
      const named = [...body.matchAll(/from "\.\/([\w.]+)"/g), ...body.matchAll(/"([\w-]+\.css)"/g)].map(
        ([, other = ""]) => other,
      );
      for (const other of named) await follow(other);
    };
    await follow("page.css");
    await follow("element.js");
    expect(seen.size).toBeGreaterThan(10);
    for (const path of [
      "/chat/tsconfig.json",
      "/chat/../package.json",
      "/chat/%2e%2e/index.ts",
      "/chat/nothing",
      "/chat/a/b",
      "/chatter",
      "/other",
    ])
      expect((await ada.get(path)).status, path).not.toBe(200);
  });

  it("lies under the path of the options", async () => {
    const world = createWorld();
    const adapter = web({ path: "/support/bot/" });
    const page = await ask(adapter, world, new Request(`${origin}/support/bot`));
    expect(await page.text()).toContain('src="/support/bot/element.js"');
    expect((await ask(adapter, world, new Request(`${origin}/support/bot/element.js`))).status).toBe(200);
  });

  it("is never cached or sniffed, whatever the answer", async () => {
    const { ada } = await start();
    const answers = [
      ada.get("/chat"),
      ada.get("/chat/element.js"),
      ada.get("/chat/none"),
      ada.get("/chat/events"),
      ada.post("/chat/messages", {}),
    ];
    for (const { headers } of await Promise.all(answers)) {
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("takes each path by its own method alone", async () => {
    const { ada, adapter, world } = await start();
    for (const path of ["/chat", "/chat/element.js", "/chat/events"]) expect((await ada.post(path, {})).status, path).toBe(405);
    for (const path of ["/chat/messages", "/chat/session", "/chat/files"]) expect((await ada.get(path)).status, path).toBe(405);
    const request = new Request(`${origin}/chat/messages`, { method: "DELETE", headers: { origin, cookie: ada.cookie } });
    expect((await ask(adapter, world, request)).status).toBe(405);
  });
});

describe("messages", () => {
  it("reach the sink once per id, and the transcript once", async () => {
    const { world, ada, adapter } = await start();
    const sent = { id: inputId("m"), text: "hello" };
    for (let time = 0; time < 3; time++) expect((await ada.post("/chat/messages", sent)).status).toBe(202);
    const ids = world.deliveries().map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set([`${ada.room}/${sent.id}`]));
    const client = await adapter.client("site", world.context);
    expect(await client.records(ada.room)).toMatchObject([{ kind: "message", from: "person", text: "hello", n: 1 }]);
  });

  it("keep their lane, and are the same bytes each time", async () => {
    const { world, ada } = await start();
    await ada.post("/chat/messages", { id: inputId("m"), text: "hello" });
    world.clock.advance(5_000);
    await ada.post("/chat/messages", { id: inputId("m"), text: "hello" });
    const [first, second] = world.deliveries();
    expect(first?.lane).toBe(`web/site/${ada.room}`);
    expect(first?.interactive).toBeUndefined();
    expect(second?.body).toBe(first?.body);
  });

  it("are told to come back when the inbox cannot take them, and are not doubled then", async () => {
    const { world, ada, adapter } = await start();
    world.respond = () => {
      throw new GatewayError("store.unavailable", "the store is away", { retryable: true });
    };
    const sent = { id: inputId("m"), text: "hello" };
    const refused = await ada.post("/chat/messages", sent);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("2");
    world.respond = ({ response }) => response ?? { status: 200 };
    expect((await ada.post("/chat/messages", sent)).status).toBe(202);
    const client = await adapter.client("site", world.context);
    expect(await client.records(ada.room)).toHaveLength(1);
  });

  it("come back bit-exact, whatever their characters", async () => {
    const { world, ada } = await start();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1, maxLength: 200 }), async (text) => {
        fc.pre(text.trim() !== "");
        world.received.length = 0;
        expect((await ada.post("/chat/messages", { id: inputId(`u${count++}`), text })).status).toBe(202);
        expect(world.deliveries()[0]?.payload).toMatchObject({ text });
        expect(JSON.parse(world.deliveries()[0]?.body ?? "")).toMatchObject({ text });
      }),
      { numRuns: 200 },
    );
    const lone = "a\ud800b\u0000\u202e";
    await ada.post("/chat/messages", { id: inputId("lone"), text: lone });
    expect(world.deliveries().at(-1)?.payload).toMatchObject({ text: lone });
  });

  it("are refused when malformed, and change nothing", async () => {
    const { world, ada } = await start();
    const id = inputId("m");
    const deep = `{"id":"${id}","text":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const bodies = [
      "",
      "no",
      "[]",
      "null",
      "{}",
      `{"id":"${id}"}`,
      `{"id":"short","text":"a"}`,
      `{"id":"${id}","text":7}`,
      `{"id":"${id}","text":"  "}`,
      `{"id":"${id}","text":"a","files":"x"}`,
      deep,
      `\ufeff{"id":"${id}","text":"a"} x`,
      `{"id":"${id}","text":NaN}`,
    ];
    for (const body of bodies) {
      const response = await ada.post("/chat/messages", body, { "content-type": "application/json" });
      expect(response.status, body.slice(0, 60)).toBe(400);
    }
    expect((await ada.post("/chat/messages", JSON.stringify({ id, text: "a" }), { "content-type": "text/plain" })).status).toBe(
      400,
    );
    expect((await ada.post("/chat/messages", { id, text: "x".repeat(32_001) })).status).toBe(413);
    expect(world.received).toEqual([]);
    expect(world.keys().filter((name) => name.startsWith("log/"))).toEqual([]);
  });

  it("never reach a prototype", async () => {
    const { ada } = await start();
    const body = `{"id":"${inputId("m")}","text":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
    expect((await ada.post("/chat/messages", body, { "content-type": "application/json" })).status).toBe(202);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("may be as long as 32,000 characters, even if each takes six bytes", async () => {
    const { ada } = await start();
    expect((await ada.post("/chat/messages", { id: inputId("m"), text: "\u0001".repeat(32_000) })).status).toBe(202);
  });
});

describe("bodies", () => {
  it("are cut off at the limit, announced or not", async () => {
    const { ada, adapter, world } = await start();
    expect((await ada.post("/chat/messages", "x".repeat(300_000), { "content-type": "application/json" })).status).toBe(413);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const request = new Request(`${origin}/chat/messages`, {
      method: "POST",
      headers: { origin, cookie: ada.cookie, "content-type": "application/json" },
      body: endless,
      duplex: "half",
    });
    expect((await ask(adapter, world, request)).status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });

  it("are not unpacked", async () => {
    const { ada } = await start();
    for (const encoding of ["gzip", "br", "deflate"])
      expect((await ada.post("/chat/messages", { id: inputId("m"), text: "a" }, { "content-encoding": encoding })).status).toBe(
        415,
      );
  });

  it("say nothing of what went wrong inside", async () => {
    const { world, ada } = await start();
    world.respond = () => {
      throw new Error("password hunter2 is wrong");
    };
    const response = await ada.post("/chat/messages", { id: inputId("m"), text: "a" });
    expect(response.status).toBe(500);
    expect(await errorOf(response)).not.toContain("hunter2");
    expect(world.logged).toMatchObject([{ level: "error" }]);
  });

  it("wait for each other when one person sends too many at once", async () => {
    const { world, ada } = await start();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    world.respond = async ({ response }) => {
      await held;
      return response ?? { status: 200 };
    };
    const sends = Array.from({ length: 20 }, (_, index) => ada.post("/chat/messages", { id: inputId(`m${index}`), text: "a" }));
    const early = await Promise.race(sends);
    expect(early.status).toBe(429);
    release();
    const statuses = (await Promise.all(sends)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(16);
    expect((await ada.post("/chat/messages", { id: inputId("later"), text: "a" })).status).toBe(202);
  });
});

it("a room is read and written by its own session alone", async () => {
  const { world, ada, adapter } = await start();
  const grace = await visit(adapter, world);
  const { messageId = "" } = await send(adapter, world, ada.room, post("for Ada"));
  const file = (await (
    await ada.post(`/chat/files?name=a.txt&id=${inputId("f")}`, "secret", { "content-type": "text/plain" })
  ).json()) as { file: string };
  expect((await grace.get(`/chat/files/${file.file}`)).status).toBe(404);
  expect((await grace.post("/chat/messages", { id: inputId("m"), text: "", files: [file.file] })).status).toBe(410);
  expect((await grace.post("/chat/actions", { id: inputId("a"), action: "x", messageId })).status).toBe(410);
  expect(await (await ada.get(`/chat/files/${file.file}`)).text()).toBe("secret");
});

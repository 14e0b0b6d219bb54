import { describe, expect, it } from "vitest";
import { web, type WebAdapter, type WebOptions } from "../src/index.ts";
import { beatMs, pollMs } from "../src/site/stream.ts";
import { ask, inputId, origin, post, send, visit } from "./visitor.ts";
import { createWorld, key, type World } from "./world.ts";

/** Reads a stream of events as far as asked. */
function reader(response: Response) {
  if (response.body === null) throw new Error("no body");
  const source = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  const next = async (): Promise<{ event: string; id?: string; data: { [name: string]: unknown } } | undefined> => {
    for (;;) {
      const end = buffer.indexOf("\n\n");
      if (end < 0) {
        const { value, done } = await source.read();
        if (done) return undefined;
        buffer += value;
        continue;
      }
      const lines = Object.fromEntries(
        buffer
          .slice(0, end)
          .split("\n")
          .map((line) => line.split(/: (.*)/s, 2)),
      );
      buffer = buffer.slice(end + 2);
      if (lines.event === undefined) continue;
      return { event: lines.event, ...(lines.id === undefined ? {} : { id: lines.id }), data: JSON.parse(lines.data ?? "null") };
    }
  };
  return {
    next,
    async until(event: string) {
      const seen: NonNullable<Awaited<ReturnType<typeof next>>>[] = [];
      for (let one = await next(); one !== undefined; one = await next()) {
        seen.push(one);
        if (one.event === event) return seen;
      }
      return seen;
    },
    close: () => source.cancel(),
  };
}

async function start(options: WebOptions = {}, world: World = createWorld()) {
  const adapter = web({ sessionSecret: key, ...options });
  const ada = await visit(adapter, world);
  const open = async (path = "/chat/events", headers = {}) => reader(await ada.get(path, headers));
  return { world, adapter, ada, open };
}

const say = (adapter: WebAdapter, world: World, room: string, text: string) => send(adapter, world, room, post(text));
const begin = { kind: "stream.begin", text: "One" } as const;

describe("events", () => {
  it("begin with the whole transcript, numbered, and say when it is complete", async () => {
    const { world, adapter, ada, open } = await start();
    await ada.post("/chat/messages", { id: inputId("m"), text: "hello" });
    await say(adapter, world, ada.room, "hi");
    const seen = await (await open()).until("ready");
    expect(seen.map(({ event, id }) => [event, id])).toEqual([
      ["record", "1"],
      ["record", "2"],
      ["ready", undefined],
    ]);
    expect(seen[0]?.data).toMatchObject({ kind: "message", from: "person", text: "hello", n: 1 });
    expect(seen[1]?.data).toMatchObject({ kind: "message", from: "bot", n: 2 });
  });

  it("go on after the number that the page has seen, by header or by query", async () => {
    const { world, adapter, ada, open } = await start();
    for (const text of ["a", "b", "c"]) await say(adapter, world, ada.room, text);
    for (const stream of [await open("/chat/events?after=2"), await open("/chat/events?after=0", { "last-event-id": "2" })]) {
      const seen = await stream.until("ready");
      expect(seen.map(({ id }) => id)).toEqual(["3", undefined]);
    }
  });

  it("tell a page that knows more than there is to begin afresh", async () => {
    const { world, adapter, ada, open } = await start();
    await say(adapter, world, ada.room, "a");
    const seen = await (await open("/chat/events?after=9")).until("ready");
    expect(seen.map(({ event }) => event)).toEqual(["reset", "record", "ready"]);
  });

  it.each(["forgotten", "too old"])("begin afresh while the page is open, when what it has is %s", async (why) => {
    const { world, adapter, ada, open } = await start({ keepMs: 30_000 });
    for (const text of ["a", "b"]) await say(adapter, world, ada.room, text);
    world.clock.advance(25_000);
    const stream = await open();
    await stream.until("ready");
    if (why === "forgotten") await (await adapter.client("site", world.context)).forget(ada.room);
    else world.clock.advance(6_000);
    const seen = stream.until("record");
    await say(adapter, world, ada.room, "c");
    // A stream that ends by itself ends the wait of one that says nothing.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    world.clock.advance(10_000);
    expect((await seen).map(({ event }) => event).filter((event) => event !== "ready")).toEqual(["reset", "record"]);
    expect((await seen).at(-1)?.data["n"]).toBe(1);
  });

  it("bring what is said in this process at once", async () => {
    const { world, adapter, ada, open } = await start();
    const stream = await open();
    await stream.until("ready");
    const next = stream.next();
    await say(adapter, world, ada.room, "now");
    expect(await next).toMatchObject({ event: "record", id: "1" });
  });

  it("bring what another process said within a second", async () => {
    const { world, ada, open } = await start();
    const other = web({ sessionSecret: key });
    const stream = await open();
    await stream.until("ready");
    const next = stream.next();
    await say(other, world, ada.room, "from elsewhere");
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.advance(pollMs);
    expect(await next).toMatchObject({ event: "record", id: "1" });
  });

  it("beat when nothing happens", async () => {
    const { world, open } = await start();
    const stream = await open();
    await stream.until("ready");
    const next = stream.next();
    for (let ms = 0; ms <= beatMs; ms += pollMs) {
      await new Promise((resolve) => setImmediate(resolve));
      world.clock.advance(pollMs);
    }
    expect(await next).toMatchObject({ event: "beat" });
  });

  it("show a growing text live, hand it to pages that come later, and end with the record", async () => {
    const { world, adapter, ada, open } = await start();
    const early = await open();
    await early.until("ready");
    const { messageId = "" } = await send(adapter, world, ada.room, begin);
    expect(await early.next()).toMatchObject({ event: "record", data: { streaming: true } });
    for (const full of ["One two", "One two three"])
      await send(adapter, world, ada.room, { kind: "stream.append", messageId, text: "", full });
    let shown = "";
    while (!shown.includes("One two three")) shown = JSON.stringify(await early.next());
    expect(shown).toContain('"event":"live"');
    const late = await open();
    const seen = await late.until("live");
    expect(JSON.stringify(seen.at(-1))).toContain("One two three");
    const draft = post("One two three four").draft;
    await send(adapter, world, ada.room, { kind: "stream.end", messageId, text: " four", draft });
    expect(await early.next()).toMatchObject({ event: "record", data: { kind: "edit", id: messageId, final: true } });
    const fresh = await open();
    expect((await fresh.until("ready")).map(({ event }) => event)).toEqual(["record", "record", "ready"]);
    const resumed = await open("/chat/events?after=2");
    expect((await resumed.until("ready")).map(({ event }) => event)).toEqual(["ready"]);
    await say(adapter, world, ada.room, "next");
    for (const stream of [fresh, resumed]) expect(await stream.next()).toMatchObject({ event: "record", id: "3" });
  });

  it("end at once for a reader who presses stop, in whatever process the text is written", async () => {
    const { world, adapter, ada } = await start();
    const { messageId = "" } = await send(adapter, world, ada.room, begin);
    const append = { kind: "stream.append", messageId, text: "", full: "One two" } as const;
    await send(adapter, world, ada.room, append);
    expect((await ada.post("/chat/stops", { messageId })).status).toBe(202);
    const writer = web({ sessionSecret: key });
    await expect(send(writer, world, ada.room, append)).rejects.toMatchObject({ code: "stream.stopped", retryable: false });
    const { messageId: other = "" } = await send(adapter, world, ada.room, post("whole"));
    for (const id of [other, "b99", "nonsense"]) expect((await ada.post("/chat/stops", { messageId: id })).status, id).toBe(410);
  });

  it("never let an older update overtake the end of a stream", async () => {
    const { world, adapter, ada, open } = await start();
    const stream = await open();
    await stream.until("ready");
    const { messageId = "" } = await send(adapter, world, ada.room, begin);
    await send(adapter, world, ada.room, { kind: "stream.append", messageId, text: "", full: "One two" });
    await send(adapter, world, ada.room, { kind: "stream.end", messageId, text: "", draft: post("One two.").draft });
    const seen = [await stream.next(), await stream.next()];
    await say(adapter, world, ada.room, "next");
    seen.push(await stream.next());
    expect(seen.map((one) => [one?.event, one?.data["kind"]])).toEqual([
      ["record", "message"],
      ["record", "edit"],
      ["record", "message"],
    ]);
  });

  it("tell of typing, and keep nothing of it", async () => {
    const { world, adapter, ada, open } = await start();
    const stream = await open();
    await stream.until("ready");
    await send(adapter, world, ada.room, { kind: "typing.start" });
    expect(await stream.next()).toMatchObject({ event: "live", data: { kind: "typing" } });
    expect((await (await open()).until("ready")).map(({ event }) => event)).toEqual(["ready"]);
  });

  it("stay within one batch when the page does not read", async () => {
    const { world, adapter, ada, open } = await start();
    const stream = await open();
    await stream.until("ready");
    for (let index = 0; index < 300; index++) await say(adapter, world, ada.room, `message ${index}`);
    const numbers: string[] = [];
    while (numbers.length < 300) numbers.push((await stream.next())?.id ?? "none");
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => String(index + 1)));
  });

  it("end when the store fails, so that the page dials again", async () => {
    const { world, ada, open } = await start();
    const stream = await open();
    await stream.until("ready");
    const { memory } = world.context;
    Object.assign(memory, { list: () => Promise.reject(new Error("gone")) });
    const next = stream.next();
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.advance(pollMs);
    expect(await next).toBeUndefined();
    expect(world.logged).toMatchObject([{ level: "warn" }]);
    expect(ada.room).not.toBe("");
  });

  it("hold no place when the store fails before the first word", async () => {
    const { world, ada } = await start();
    const { get, list } = world.context.memory;
    const gone = () => Promise.reject(new Error("gone"));
    Object.assign(world.context.memory, { get: gone, list: gone });
    for (let tries = 0; tries < 6; tries++) expect(await reader(await ada.get("/chat/events")).next()).toBeUndefined();
    Object.assign(world.context.memory, { get, list });
    expect((await ada.get("/chat/events")).status).toBe(200);
  });

  it("hold no place for a page that left before they began", async () => {
    const { world, adapter, ada } = await start();
    const headers = { cookie: ada.cookie, "sec-fetch-site": "same-origin" };
    const left = new Request(`${origin}/chat/events`, { headers, signal: AbortSignal.abort() });
    for (let tries = 0; tries < 6; tries++) await ask(adapter, world, left);
    expect((await ada.get("/chat/events")).status).toBe(200);
  });

  it("are six per person at most, and a closed one makes room", async () => {
    const { ada, open } = await start();
    const streams = await Promise.all(Array.from({ length: 6 }, () => open()));
    expect((await ada.get("/chat/events")).status).toBe(429);
    await streams[0]?.close();
    expect((await ada.get("/chat/events")).status).toBe(200);
  });
});

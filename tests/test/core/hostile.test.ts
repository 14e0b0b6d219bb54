import { monitorEventLoopDelay } from "node:perf_hooks";
import { fakePlatform, manualClock } from "@devflow/conformance";
import { createGateway, type Message } from "@devflow/gateway";
import { hmacSha256 } from "@devflow/gateway/kit";
import { memoryStore } from "@devflow/gateway/memory";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nightly, range, rig } from "./harness.ts";
import { silent, stores } from "./stores.ts";

afterEach(() => vi.restoreAllMocks());

/** A signed request with exactly this body. */
function signed(body: string | Uint8Array, now: number): Request {
  const headers = { "x-fake-timestamp": String(now), "x-fake-signature": hmacSha256("fake-secret", `${now}:`, body) };
  return new Request("http://localhost/webhooks/fake", { method: "POST", headers, body: Buffer.from(body) });
}

describe("hostile content", () => {
  const deep = (n: number) => `{"text":"x","a":${"[".repeat(n)}${"]".repeat(n)}}`;
  const bodies: readonly (readonly [string, string, readonly number[]])[] = [
    ["nested 100,000 deep", deep(100_000), [200, 400]],
    ["nested 500,000 deep", deep(500_000), [200, 400]],
    ["with 60,000 keys", JSON.stringify(Object.fromEntries(range(60_000).map((n) => [`k${n}`, n]))), [200]],
    ["with a number of a million digits", `{"text":"x","n":${"9".repeat(1_000_000)}}`, [200]],
    ["with 1e999", '{"text":"x","n":1e999}', [200]],
    ["with a key twice", '{"text":"a","text":"b"}', [200]],
    ["with bytes behind", '{"text":"x"} and more', [400]],
    ["with a byte order mark", '\ufeff{"text":"x"}', [200, 400]],
    ["NaN", "NaN", [400]],
    ["a string", '"x"', [400]],
    ["an array", "[]", [400]],
    ["null", "null", [400]],
    ["nothing", "", [400]],
    ["cut short", '{"text":"x', [400]],
    ["of no encoding", "\u0000\u0001", [400]],
  ];
  it.each(bodies)("reliability 9: JSON %s ends no process and stalls no loop", async (_, body, expected) => {
    const { gateway, clock, count } = await rig();
    gateway.on("message.created", (c) => c.message.text);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await new Promise((resolve) => void setImmediate(resolve));
    delay.enable();
    const { status } = await gateway.fetch(signed(body, clock.now()));
    await clock.advance(1000);
    delay.disable();
    expect(expected).toContain(status);
    expect(count("event.dead")).toBe(0);
    // 100 ms on a quiet machine; this one may be compiling something.
    expect(delay.max / 1e6).toBeLessThan(nightly ? 100 : 400);
  });

  it("reliability 9: a delivery that was stored and then cannot be read is put aside, and the lane goes on", async () => {
    const fake = fakePlatform();
    const poisoned = Object.assign(fake, {
      normalizer: {
        ...fake.normalizer,
        normalize: (...args: Parameters<typeof fake.normalizer.normalize>) => {
          const [delivery] = args[0];
          if (JSON.stringify(delivery?.payload).includes("poison")) throw new RangeError("Maximum call stack size exceeded");
          return normalize(...args);
        },
      },
    });
    const { normalize } = fakePlatform().normalizer;
    const { gateway, hear, clock, seen } = await rig({ fake: poisoned, inbox: { retryBaseMs: 1, retryCapMs: 2 } });
    const heard: string[] = [];
    gateway.on("message.created", (c) => heard.push(c.message.text));
    await hear({ id: "bad", text: "poison" });
    await hear({ text: "next" });
    await clock.until(() => heard.length === 1);
    expect(seen.filter(({ step }) => step === "event.dead").map(({ id }) => id)).toEqual(["fake:bad"]);
  });

  it("reliability 10: no payload, header, session or draft changes a prototype", async () => {
    const fingerprint = () =>
      [Object, Array, Function, Map, Promise].map(({ prototype }) => Reflect.ownKeys(prototype).map(String).join()).join("|");
    const before = fingerprint();
    const { gateway, hear, clock } = await rig<Record<string, unknown>>({
      session: { initial: () => ({}), by: (event) => (event.kind === "message.created" ? event.message.text : undefined) },
      perUser: { rate: 1_000_000, periodMs: 1, burst: 1_000_000 },
    });
    let ran = 0;
    gateway.on("message.created", async (c) => {
      ran += 1;
      Object.assign(c.session, JSON.parse(`{"${c.message.text.replace(/["\\]/g, "")}":{"polluted":1}}`));
      if (ran % 100 === 0)
        await c.reply({ content: c.message.text, native: JSON.parse('{"fake":{"__proto__":{"polluted":1}}}') });
    });
    const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "constructor.prototype", "a"];
    const name = fc.constantFrom(...names);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.oneof(name, fc.dictionary(name, name))), name, async (extra, text) => {
        const payload = JSON.stringify({ ...extra, room: text, text, user: { id: text } });
        const spiked = payload.replace(/^\{/, `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}},`);
        expect((await gateway.fetch(signed(spiked.replace(/"id":"[^"]*"/, '"id":"x"'), clock.now()))).status).toBe(200);
      }),
      { numRuns: nightly ? 10_000 : 500, seed: 3 },
    );
    for (const text of names) await hear({ text, room: text, thread: text, account: text });
    await clock.advance(60_000);
    expect(ran).toBeGreaterThan(names.length);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(fingerprint()).toBe(before);
  });

  it.each(stores)(
    "reliability 11: any text reaches the handler as it was sent, through %s",
    async (_, open) => {
      const fake = fakePlatform({ limits: () => [] });
      const gateway = createGateway({ adapters: [fake], store: open(), log: silent });
      const heard = new Map<string, Message>();
      gateway.on("message.created", (c) => void heard.set(c.event.id, c.message));
      const odd = [
        "\ud800",
        "\udfff\ud800",
        "a\u0000b",
        "\u202egnp.exe",
        "e\u0301",
        "\u00e9",
        "\u200b",
        "👩‍👩‍👧‍👦",
        "z\u0300".repeat(2000),
      ];
      const strings = [
        ...odd,
        ...fc
          .sample(fc.array(fc.nat(0xffff), { maxLength: 100 }), { numRuns: nightly ? 10_000 : 500, seed: 11 })
          .map((units) => String.fromCharCode(...units)),
      ];
      // Their rooms and ids are as odd as their text; whatever stands for them in the store, they stay apart.
      const ids = new Set<string>();
      for (const [n, text] of strings.entries()) {
        const id = `${text.slice(0, 40)}${n}`;
        ids.add(id);
        expect((await gateway.fetch(fake.request({ id, text, room: text.slice(0, 20), thread: text.slice(0, 5) }))).status).toBe(
          200,
        );
      }
      await gateway.drain();
      expect(heard.size).toBe(strings.length);
      const texts = [...heard.values()].map(({ text }) => text);
      expect(texts.toSorted()).toEqual(strings.toSorted());
      expect(await gateway.deadLetters.list()).toEqual([]);
      await gateway.stop();
    },
    60_000,
  );

  it("reliability 11: names that no store takes, too long or broken, are answered all the same, and stay apart", async () => {
    const { gateway, fake, hear, clock, count } = await rig({ session: { initial: () => ({ n: 0 }) } });
    gateway.on("message.created", async (c) => c.reply(`${c.message.text} ${++c.session.n} ${(await c.history()).length}`));
    const rooms = ["x".repeat(600), "x".repeat(601), "é".repeat(400), "\ud800", "\ud801", "\ud800x\ud800", "a\u0000", "a"];
    for (const [n, room] of rooms.entries())
      for (const part of ["p", "q"])
        await hear({ id: `${"i".repeat(700)}${part}${n}`, room, thread: room, account: room, text: part });
    await clock.advance(5000);
    expect(fake.messages).toHaveLength(rooms.length * 2);
    expect([...new Set(fake.texts())].toSorted()).toEqual(["p 1 0", "q 2 1"]);
    expect(count("event.dead") + count("operation.dead")).toBe(0);
  });

  it("reliability 11: a message of 300 KB is handled, answered and remembered in part", async () => {
    const { gateway, fake, hear, clock } = await rig();
    let read = 0;
    gateway.on("message.created", async (c) => {
      read = (await c.history())[0]?.text.length ?? 0;
      await c.reply(String(c.message.text.length));
    });
    await hear({ text: "€".repeat(300_000) });
    await clock.advance(1000);
    await hear({ text: "again" });
    await clock.advance(1000);
    expect(fake.texts()).toEqual(["300000", "5"]);
    expect(read).toBe(32_768);
  });

  it("reliability 13: a log line is one line, whatever is in a name, an error or a header", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    const clock = manualClock();
    const fake = fakePlatform();
    const gateway = createGateway({ adapters: [fake], store: memoryStore({ clock }), clock });
    const evil = "a\r\nlevel=error\u001b[2J\u009b31m\u0007\u2028\u2029\u202e\u007fz";
    gateway.on("message.created", (c) => {
      throw new Error(`no ${c.message.text}`);
    });
    const request = fake.request({ text: evil, room: evil, account: evil, id: evil }, { timestamp: clock.now() });
    expect((await gateway.fetch(request)).status).toBe(200);
    fake.rule(() => ({ code: "operation.rejected", throws: new Error(evil) }));
    await gateway.send({ platform: "fake", account: evil, room: evil }, "x");
    await clock.advance(60_000);
    expect(lines.length).toBeGreaterThan(3);
    // oxlint-disable-next-line no-control-regex -- the very characters that must not be there
    expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/.test(line))).toEqual([]);
    expect(lines.every((line) => typeof JSON.parse(line) === "object")).toBe(true);
    expect(lines.join("")).toContain("\\u001b");
  });
});

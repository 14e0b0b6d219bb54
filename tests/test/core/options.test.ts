import { readdirSync, readFileSync } from "node:fs";
import { fakePlatform, manualClock } from "@devflow/conformance";
import { createGateway } from "@devflow/gateway";
import { secret } from "@devflow/gateway/kit";
import { memoryStore } from "@devflow/gateway/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import { range, rig } from "./harness.ts";

const queue = {
  dedupeTtlMs: 86_400_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 1000,
  maxLaneDepth: 1000,
  maxPayloadBytes: 1_000_000,
  onRetry: "block",
  onDead: "continue",
} as const;
const to = { platform: "fake", account: "main", room: "r" } as const;

afterEach(() => vi.restoreAllMocks());

describe("lesson 6: every option does what it says", () => {
  it("none is missing from these tests", () => {
    const here = import.meta.dirname;
    const tests = readdirSync(here)
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => readFileSync(`${here}/${name}`, "utf8"))
      .join("\n");
    const source = (path: string): string =>
      readFileSync(new URL(`../../../packages/gateway/src/${path}`, import.meta.url), "utf8");
    const names = (path: string, type: string): readonly string[] => {
      const text = source(path);
      const from = text.indexOf(`export interface ${type}`);
      const body = text.slice(from, text.indexOf("\n}\n", from));
      return [...body.matchAll(/^ {2,4}readonly (\w+)\??:/gm)].map(([, name = ""]) => name);
    };
    const all = [
      ...names("host/options.ts", "GatewayOptions"),
      ...names("host/session.ts", "SessionOptions"),
      ...names("inbox/options.ts", "InboxOptions"),
      ...names("outbox/options.ts", "OutboxOptions"),
      ...names("contract/queue.ts", "QueueOptions"),
      ...names("host/node.ts", "ServeOptions"),
    ];
    expect(all.length).toBeGreaterThan(40);
    expect(all).toContain("budgetMs");
    expect(all.filter((name) => !new RegExp(`\\b${name}\\b\\s*[:,(]`).test(tests))).toEqual([]);
  });

  it("inbox.concurrency: so many conversations at once, and no more", async () => {
    const { gateway, hear, clock } = await rig({ inbox: { concurrency: 3 } });
    let now = 0;
    let most = 0;
    gateway.on("message.created", async () => {
      most = Math.max(most, ++now);
      await new Promise<void>((resolve) => clock.after(100, resolve));
      now -= 1;
    });
    for (const n of range(20)) await hear({ room: `r${n}` });
    await clock.advance(2000);
    expect(most).toBe(3);
  });

  it("outbox.concurrency: so many calls at once, and no more", async () => {
    const { gateway, fake, clock } = await rig({ outbox: { concurrency: 2, sendTimeoutMs: 1000, pollMs: 100, leaseMs: 30_000 } });
    fake.rule(() => "hang");
    for (const n of range(10)) await gateway.send({ ...to, room: `r${n}` }, "x");
    await clock.advance(500);
    expect(fake.calls).toHaveLength(2);
  });

  it("inbox.retryBaseMs and retryCapMs: bound the pauses between attempts", async () => {
    const { gateway, hear, clock } = await rig({ inbox: { retryBaseMs: 10, retryCapMs: 20, pollMs: 5 } });
    const at: number[] = [];
    gateway.on("message.created", () => {
      at.push(clock.now());
      throw new Error("again");
    });
    await hear({});
    await clock.until(() => at.length === 8);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThanOrEqual(7 * 20);
  });

  it("queue.maxAttempts, dedupeTtlMs, maxLaneDepth and onRetry", async () => {
    const inbox = { queue: { ...queue, maxAttempts: 2, dedupeTtlMs: 60_000, maxLaneDepth: 3, onRetry: "yield" } } as const;
    const { gateway, hear, clock, count } = await rig({ inbox });
    const order: string[] = [];
    gateway.on("message.created", (c) => {
      order.push(c.message.text);
      if (c.message.text === "bad") throw new Error("bad");
    });
    expect(await Promise.all(["bad", "b", "c", "d"].map((text) => hear({ id: text, text })))).toEqual([200, 200, 200, 503]);
    await clock.advance(10_000);
    // Yielding, the others go before the second attempt; blocking, they would have waited.
    expect(order).toEqual(["bad", "b", "c", "bad"]);
    expect(count("event.dead")).toBe(1);
    await hear({ id: "b", text: "b" });
    await clock.advance(61_000);
    await hear({ id: "b", text: "b again" });
    await clock.advance(1000);
    expect(order.slice(4)).toEqual(["b again"]);
  });

  it("queue.maxPayloadBytes: what is larger is refused, not cut", async () => {
    const { hear, gateway, count } = await rig({ inbox: { queue: { ...queue, maxPayloadBytes: 500 } } });
    gateway.on("message.created", () => undefined);
    expect([await hear({ text: "x".repeat(600) }), await hear({ text: "x" })]).toEqual([503, 200]);
    expect(count("delivery.stored")).toBe(1);
  });

  it("webhook.maxBodyBytes: a longer body is 413, which the log says, and the limit is told to servers", async () => {
    const { gateway, hear, seen } = await rig({ webhook: { maxBodyBytes: 200 } });
    expect([await hear({ text: "x".repeat(300) }), await hear({ text: "x" })]).toEqual([413, 200]);
    const refused = { level: "warn", platform: "fake", code: "wire.oversized", status: 413 };
    expect(seen.filter(({ step }) => step === "webhook.refused")).toMatchObject([refused]);
    expect(seen.find(({ step }) => step === "webhook.refused")?.detail).toContain("200 bytes");
    expect(gateway.maxBodyBytes).toBe(200);
  });

  it("transcript: false keeps nothing of what was said", async () => {
    for (const transcript of [true, false]) {
      const { gateway, hear, clock, store } = await rig({ transcript });
      gateway.on("message.created", (c) => c.reply("yes"));
      await hear({});
      await clock.advance(1000);
      expect(await store.kv.list("history/")).toHaveLength(transcript ? 2 : 0);
    }
  });

  it("secrets and environment: where credentials and settings come from", async () => {
    const request = (key: string) => fakePlatform({ secrets: [key] }).request({}, { timestamp: clock.now() });
    const clock = manualClock();
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const from = (options: object) =>
      createGateway({ adapters: [fakePlatform({ secrets: [] })], store: memoryStore({ clock }), clock, log, ...options });
    const given = from({ secrets: { get: ({ name }: { name: string }) => secret(`given-${name}`) } });
    expect((await given.fetch(request("given-SIGNING_SECRET"))).status).toBe(200);
    const read = from({ environment: { FAKE_SIGNING_SECRET: "from-environment" } });
    expect((await read.fetch(request("from-environment"))).status).toBe(200);
    expect((await from({ environment: {} }).fetch(request(""))).status).toBe(401);
  });

  it("fetch: is what adapters call", async () => {
    const asked: string[] = [];
    const fake = fakePlatform();
    const calling = Object.assign(fake, {
      client: async (_: string, context: { fetch: typeof fetch }) => (await context.fetch("http://example.invalid/")).text(),
    });
    const mine = (async (input: string | URL | Request) => {
      asked.push(input instanceof Request ? input.url : input.toString());
      return new Response("mine");
    }) as typeof fetch;
    const gateway = createGateway({ adapters: [calling], store: memoryStore(), fetch: mine });
    expect(await gateway.adapter("fake").client("main")).toBe("mine");
    expect(asked).toEqual(["http://example.invalid/"]);
  });

  it("log: without one, warnings and errors go to standard error, a line of JSON each", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    const clock = manualClock();
    const fake = fakePlatform();
    const gateway = createGateway({ adapters: [fake], store: memoryStore({ clock }), clock });
    await gateway.fetch(fake.request({}, { timestamp: clock.now(), secret: "wrong" }));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: "warn", message: "webhook.refused", code: "verify.failed" },
    ]);
  });

  it("adapters: what cannot work is refused before anything starts", () => {
    const odd = (changes: object) => Object.assign(fakePlatform(), changes);
    const make = (...adapters: readonly ReturnType<typeof fakePlatform>[]) => createGateway({ adapters });
    expect(() => make(odd({ contract: 2 }))).toThrow(expect.objectContaining({ code: "contract.unknown" }));
    expect(() => make(odd({ platform: "No Good" }))).toThrow(expect.objectContaining({ code: "options.invalid" }));
    expect(() => make(fakePlatform(), fakePlatform())).toThrow(expect.objectContaining({ code: "options.invalid" }));
  });
});

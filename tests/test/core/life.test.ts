import { fakePlatform, manualClock } from "@devflow/conformance";
import { createGateway } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { down, flaky, type FlakyStore } from "./flaky.ts";
import { range, rig } from "./harness.ts";

describe("the life of a gateway", () => {
  it("drain ends when nothing is left to do now, chains of handlers and replies included", async () => {
    const { gateway, fake, hear } = await rig();
    gateway.on("message.created", async (c) => {
      for (const n of range(5)) await c.reply(`${c.message.text}${n}`);
    });
    for (const n of range(50)) await hear({ room: `r${n % 3}`, text: `${n}.` });
    await gateway.drain();
    expect(fake.messages).toHaveLength(250);
  });

  it("drain does not wait for what waits itself: backoff, a full bucket, a halted lane, an open breaker", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", { text: "bad" }, () => {
      throw new Error("later");
    });
    gateway.on("message.created", { text: "good" }, (c) => c.reply("ok"));
    fake.rule(() => ({ status: 429, retryAfterMs: 60_000 }));
    await hear({ room: "a", text: "bad" });
    await hear({ room: "a", text: "good" });
    await hear({ room: "b", text: "good" });
    await gateway.drain();
    expect(fake.calls).toHaveLength(1);
    fake.rule(undefined);
    await clock.advance(120_000);
    await gateway.drain();
    expect(fake.texts("b")).toEqual(["ok"]);
  });

  it("with waitUntil, what was accepted is done before the host may sleep", async () => {
    const clock = manualClock();
    const fake = fakePlatform();
    const gateway = createGateway({ adapters: [fake], store: memoryStore({ clock }), clock });
    gateway.on("message.created", (c) => c.reply("awake"));
    const waits: Promise<unknown>[] = [];
    const request = fake.request({}, { timestamp: clock.now() });
    const { status } = await gateway.fetch(request, { waitUntil: (work) => waits.push(work) });
    expect(status).toBe(200);
    await Promise.all(waits);
    expect([waits.length, fake.texts()]).toEqual([1, ["awake"]]);
  });

  it("stop lets handlers end, sends what they said, and refuses what comes meanwhile", async () => {
    const { gateway, fake, hear, clock, store } = await rig();
    gateway.on("message.created", async (c) => {
      await new Promise<void>((resolve) => clock.after(5000, resolve));
      await c.reply(c.message.text);
    });
    await hear({ text: "in hand" });
    await clock.settle();
    const stopping = gateway.stop();
    await clock.settle();
    expect(await hear({ text: "late" })).toBe(503);
    await clock.advance(6000);
    await stopping;
    expect(fake.texts()).toEqual(["in hand"]);
    await expect(store.now()).rejects.toMatchObject({ code: "store.closed" });
    expect(await hear({ text: "later" })).toBe(503);
    await expect(gateway.send({ platform: "fake", account: "main", room: "r" }, "x")).rejects.toMatchObject({
      code: expect.stringMatching(/closed/),
    });
  });

  it("stop gives back what does not end in time, uncounted, and its run is told", async () => {
    const clock = manualClock();
    const shared = memoryStore({ clock });
    const store = () => ({ ...shared, close: async () => undefined });
    const first = await rig({ clock, store, graceMs: 2000 });
    let aborted = false;
    first.gateway.on("message.created", async (c) => {
      await new Promise<void>((resolve) => clock.after(60_000, resolve));
      aborted = c.signal.aborted;
      await c.reply("from the first");
    });
    await first.hear({ text: "x" });
    await clock.settle();
    const start = clock.now();
    const stopping = first.gateway.stop();
    await clock.until(() => first.count("gateway.stopped") === 1, 4000);
    await stopping;
    expect(clock.now() - start).toBeLessThanOrEqual(3000);
    const second = await rig({ clock, store, asleep: true });
    const attempts: number[] = [];
    second.gateway.on("message.created", (c) => void attempts.push(c.attempt));
    await second.gateway.start();
    await clock.advance(1000);
    expect(attempts).toEqual([1]);
    await clock.advance(60_000);
    expect([aborted, first.fake.texts()]).toEqual([true, []]);
  });

  it("stop gives back uncounted what fails because of it", async () => {
    const clock = manualClock();
    const shared = memoryStore({ clock });
    const store = () => ({ ...shared, close: async () => undefined });
    const first = await rig({ clock, store });
    first.fake.rule(() => ({ status: 429, retryAfterMs: 60_000 }));
    first.gateway.on("message.created", async () => {
      const [id = ""] = await first.gateway.send({ platform: "fake", account: "main", room: "r" }, "x", { id: "x" });
      await first.gateway.receipt(id);
    });
    await first.hear({});
    await clock.settle();
    const stopping = first.gateway.stop();
    await clock.until(() => first.count("gateway.stopped") === 1, 20_000);
    await stopping;
    expect(first.seen.find(({ step }) => step === "event.failed")?.code).toBe("gateway.closed");
    const second = await rig({ clock, store, asleep: true });
    const attempts: number[] = [];
    second.gateway.on("message.created", (c) => void attempts.push(c.attempt));
    await second.gateway.start();
    await clock.advance(10_000);
    expect(attempts).toEqual([1]);
  });

  it("stop gives back a call that it breaks off, and the next process knows that it may have been made", async () => {
    const clock = manualClock();
    const shared = memoryStore({ clock });
    const store = () => ({ ...shared, close: async () => undefined });
    const first = await rig({ clock, store, graceMs: 2000 });
    first.fake.rule(() => "hang");
    await first.gateway.send({ platform: "fake", account: "main", room: "r" }, "x");
    await clock.until(() => first.fake.calls.length === 1);
    const stopping = first.gateway.stop();
    await clock.until(() => first.count("gateway.stopped") === 1, 4000);
    await stopping;
    const second = await rig({ clock, store });
    await clock.until(() => second.count("operation.sent") === 1);
    expect(second.fake.calls.map(({ attempt }) => attempt)).toEqual([2]);
  });

  it("a call whose answer is lost while the store is away counts as an attempt", async () => {
    let failures = 1;
    const { gateway, fake, clock, count } = await rig({
      store(time) {
        const store = flaky(memoryStore({ clock: time }));
        store.before = (operation) => void (operation === "outbox-fake.nack" && failures-- > 0 && down());
        return store;
      },
    });
    fake.script("lost");
    await gateway.send({ platform: "fake", account: "main", room: "r" }, "x");
    await clock.until(() => count("operation.sent") === 1);
    expect(fake.calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it("stop twice, before start and during start is one stop", async () => {
    const one = await rig();
    await Promise.all([one.gateway.stop(), one.gateway.stop()]);
    expect(one.count("gateway.stopped")).toBe(1);
    const two = await rig({ asleep: true });
    await two.gateway.stop();
    await expect(two.gateway.start()).rejects.toMatchObject({ code: "gateway.closed" });
    const three = await rig({ asleep: true });
    await Promise.all([three.gateway.start(), three.gateway.stop()]);
    await expect(three.gateway.health()).resolves.toMatchObject({ ok: false });
  });

  it("a start that fails tells platforms to come back, and is tried again", async () => {
    let store: FlakyStore | undefined;
    const one = await rig({
      asleep: true,
      store: (time) => {
        store = flaky(memoryStore({ clock: time }));
        let failures = 2;
        store.before = (operation) => void (operation === "kv.list" && failures-- > 0 && down());
        return store;
      },
    });
    one.gateway.on("message.created", (c) => c.reply("up"));
    expect([await one.hear({ id: "a" }), await one.hear({ id: "a" }), await one.hear({ id: "a" })]).toEqual([503, 503, 200]);
    await one.clock.until(() => one.fake.messages.length === 1);
    await one.clock.advance(5000);
    expect(one.fake.texts()).toEqual(["up"]);
    expect(one.seen.find(({ step }) => step === "webhook.refused")?.code).toBe("store.unavailable");
  });

  it("health says what is wrong, and never rejects", async () => {
    let store: FlakyStore | undefined;
    const { gateway, hear, clock } = await rig({ store: (time) => (store = flaky(memoryStore({ clock: time }))) });
    gateway.on("message.created", () => {
      throw new Error("x");
    });
    await hear({});
    await clock.settle();
    const well = await gateway.health();
    expect(well).toMatchObject({ ok: true, store: { ok: true }, breakers: [], connections: [] });
    expect(well.queues["inbox"]).toMatchObject({ delayed: 1, dead: 0 });
    for (const broken of ["health", "inbox.stats"]) {
      if (store) store.before = (operation) => void (operation === broken && down());
      expect(await gateway.health()).toMatchObject({
        ok: false,
        store: { ok: false, detail: expect.stringContaining("nobody") },
      });
    }
  });

  it("an observer or logger that throws disturbs nobody", async () => {
    const broken = (): never => {
      throw new Error("observer");
    };
    const { gateway, fake, hear, clock } = await rig({
      observe: [broken],
      log: { debug: broken, info: broken, warn: broken, error: broken },
    });
    gateway.on("message.created", (c) => c.reply("ok"));
    expect(await hear({})).toBe(200);
    await clock.until(() => fake.messages.length === 1);
  });

  it("an observer that is asynchronous, and rejects, ends no process", async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    const exporting = (): unknown => Promise.reject(new Error("the exporter is away"));
    const { gateway, fake, hear, clock } = await rig({ observe: exporting });
    gateway.on("message.created", (c) => c.reply("ok"));
    await hear({});
    await clock.until(() => fake.messages.length === 1);
    await clock.settle();
    process.off("unhandledRejection", onRejection);
    expect(rejections).toEqual([]);
  });

  it("setup asks every adapter, in words for people", async () => {
    const fake = Object.assign(fakePlatform(), {
      setup: {
        setup: async ({ url, commands }: { url?: string; commands: readonly { name: string }[] }) => [
          `webhook at ${url}/webhooks/fake`,
          `commands: ${commands.map(({ name }) => name).join()}`,
        ],
      },
    });
    const { gateway } = await rig({ fake });
    const lines = await gateway.setup({ url: "https://example.com", commands: [{ name: "deploy", description: "d" }] });
    expect(lines).toEqual(["fake: webhook at https://example.com/webhooks/fake", "fake: commands: deploy"]);
  });

  it("the store's stall is answered 503 within the budget, and what arrives twice is known", async () => {
    let store: FlakyStore | undefined;
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const one = await rig({ store: (time) => (store = flaky(memoryStore({ clock: time }))), webhook: { budgetMs: 1000 } });
    const heard: string[] = [];
    one.gateway.on("message.created", (c) => heard.push(c.message.text));
    if (store) store.before = (operation) => (operation === "inbox.enqueue" ? gate : undefined);
    const first = one.hear({ id: "slow", text: "once" });
    await one.clock.advance(1001);
    expect(await first).toBe(503);
    open();
    expect(await one.hear({ id: "slow", text: "once" })).toBe(200);
    await one.clock.advance(1000);
    expect([heard, one.count("delivery.duplicate")]).toEqual([["once"], 1]);
  });

  it("an inbox that is full refuses, burns no id, and takes the same event later", async () => {
    const queue = {
      dedupeTtlMs: 86_400_000,
      maxAttempts: 8,
      maxCrashes: 3,
      maxDepth: 5,
      maxLaneDepth: 5,
      maxPayloadBytes: 1_000_000,
      onRetry: "block",
      onDead: "continue",
    } as const;
    const { gateway, hear, clock, count } = await rig({ inbox: { queue } });
    const heard: string[] = [];
    gateway.on("message.created", async (c) => {
      await new Promise<void>((resolve) => clock.after(1000, resolve));
      heard.push(c.message.text);
    });
    const answers: number[] = [];
    for (const n of range(7)) answers.push(await hear({ id: `e${n}`, text: String(n) }));
    expect([answers, count("delivery.refused")]).toEqual([[200, 200, 200, 200, 200, 503, 503], 2]);
    await clock.advance(10_000);
    for (const n of [5, 6]) expect(await hear({ id: `e${n}`, text: String(n) })).toBe(200);
    await clock.advance(10_000);
    expect(heard).toEqual(range(7).map(String));
  });
});

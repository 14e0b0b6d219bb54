import { fakeLogger, fakePlatform, manualClock } from "@devflow/conformance";
import { createGateway, GatewayError, type Observation } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { down, flaky } from "./flaky.ts";
import { nightly, range, rig } from "./harness.ts";

describe("platforms that are slow, limited or gone", () => {
  it("reliability 23: in a 429 storm nobody calls inside the window, order is kept, and the rest drains at the allowed pace", async () => {
    const perSecond = 20;
    const { gateway, fake, hear, clock, count } = await rig({
      platform: { limits: (_, { account }) => [{ key: `fake/${account}`, rate: perSecond, periodMs: 1000, burst: 1 }] },
      outbox: { concurrency: 4 },
    });
    gateway.on("message.created", (c) => c.reply(c.message.text));
    const start = clock.now();
    const over = start + 300_000;
    fake.rule(() => (clock.now() < over ? { status: 429, retryAfterMs: 30_000 } : undefined));
    for (const n of range(200)) await hear({ room: `r${n % 20}`, text: String(n) });
    await clock.until(() => fake.messages.length === 200);
    const refused = fake.calls.filter(({ answer }) => answer !== "ok");
    // One account bucket: a call or two in flight per window of 30 s, ten windows.
    expect(refused.length).toBeLessThanOrEqual(10 * 4);
    const sent = fake.calls.filter(({ answer }) => answer === "ok");
    const took = (sent.at(-1)?.at ?? 0) - (sent[0]?.at ?? 0);
    expect(took).toBeGreaterThanOrEqual((199 / perSecond) * 1000 * 0.95);
    expect(took).toBeLessThanOrEqual((199 / perSecond) * 1000 * 1.05);
    for (const room of range(20)) {
      const texts = fake.texts(`r${room}`).map(Number);
      expect(texts).toEqual(texts.toSorted((a, b) => a - b));
    }
    expect(count("operation.dead")).toBe(0);
  }, 60_000);

  it("reliability 24: a ten-minute outage at 20 messages a second loses, doubles and reorders nothing, and is no other platform's", async () => {
    const total = nightly ? 120_000 : 12_000;
    const clock = manualClock();
    const seen: Observation[] = [];
    const allowing = (platform: string) => () => [{ key: platform, rate: 500, periodMs: 1000, burst: 100 }];
    const ill = fakePlatform({ platform: "ill", limits: allowing("ill") });
    const well = fakePlatform({ platform: "well", limits: allowing("well") });
    const gateway = createGateway({
      adapters: [ill, well],
      store: memoryStore({ clock }),
      clock,
      log: fakeLogger(),
      observe: (one) => one.step.startsWith("breaker") && seen.push(one),
      outbox: { pollMs: 5000 },
      inbox: { pollMs: 5000 },
    });
    await gateway.start();
    const start = clock.now();
    const restored = start + 600_000;
    ill.rule(() => (clock.now() < restored ? { status: 503 } : undefined));
    let waits = 0;
    const perTick = total / 600;
    for (const second of range(600)) {
      for (const n of range(perTick)) {
        const number = second * perTick + n;
        await gateway.send({ platform: "ill", account: "main", room: `r${number % 50}` }, String(number));
        if (n === 0) await gateway.send({ platform: "well", account: "main", room: "w" }, String(second));
      }
      const asked = clock.now();
      await clock.advance(1000);
      waits = Math.max(waits, (well.calls.at(-1)?.at ?? Infinity) - asked);
    }
    await clock.until(() => ill.messages.length === total);
    const during = ill.calls.filter(({ at }) => at < restored);
    const opened = seen.filter(({ step }) => step === "breaker.opened");
    expect((opened[0]?.at ?? Infinity) - start).toBeLessThanOrEqual(30_000);
    // Five failures and those in flight, then a probe per pause: 30 s, doubling to five minutes.
    expect(during.length).toBeLessThanOrEqual(5 + 64 + opened.length);
    expect(opened.length).toBeLessThanOrEqual(6);
    expect([ill.messages.length, ill.doubles, well.messages.length]).toEqual([total, 0, 600]);
    expect(waits).toBeLessThan(100);
    for (const room of range(50)) {
      const texts = ill.texts(`r${room}`).map(Number);
      expect(texts.every((value, index) => index === 0 || value > (texts[index - 1] ?? 0))).toBe(true);
    }
    expect(await gateway.deadLetters.list()).toEqual([]);
  }, 120_000);

  it("what waits alone outlasts an outage of a night, and what the platform alone cannot take blocks its room for no day", async () => {
    const { gateway, fake, clock, count } = await rig({ outbox: { pollMs: 60_000 }, inbox: { pollMs: 60_000 } });
    const to = { platform: "fake", account: "main", room: "r" } as const;
    const restored = clock.now() + 12 * 3_600_000;
    fake.rule(() => (clock.now() < restored ? { status: 503 } : undefined));
    await gateway.send(to, "good night");
    await clock.until(() => fake.messages.length === 1, 13 * 3_600_000);
    expect(count("operation.dead")).toBe(0);

    fake.rule(({ to: { room } }) => (room === "bad" ? { status: 500 } : undefined));
    await gateway.send({ ...to, room: "bad" }, "poison");
    for (let minute = 0; count("operation.dead") === 0; minute++) {
      expect(minute).toBeLessThan(6 * 60);
      await gateway.send(to, String(minute));
      await clock.advance(60_000);
    }
    expect((await gateway.deadLetters.list()).map(({ attempts }) => attempts)).toEqual([20]);
  });

  it("a breaker whose probe finds the bucket empty is not stuck", async () => {
    let bucket = { rate: 1000, periodMs: 1000, burst: 1000 };
    const { gateway, fake, clock, seen } = await rig({ platform: { limits: () => [{ key: "fake", ...bucket }] } });
    const to = { platform: "fake", account: "main", room: "r" } as const;
    fake.script(...range(5).map(() => ({ status: 500 }) as const));
    for (const n of range(5)) await gateway.send({ ...to, room: `r${n}` }, "x");
    await clock.until(() => seen.some(({ step }) => step === "breaker.opened"));
    expect((await gateway.health()).breakers).toEqual(["fake/main"]);
    // Somebody else drains the bucket: the probe has to wait for a token.
    bucket = { rate: 1, periodMs: 60_000, burst: 1 };
    await clock.until(() => fake.messages.length === 5);
    expect(seen.some(({ step }) => step === "breaker.closed")).toBe(true);
    expect((await gateway.health()).breakers).toEqual([]);
  });

  it("a breaker is an account's own", async () => {
    const { gateway, fake, clock } = await rig();
    fake.rule(({ to }) => (to.account === "ill" ? { status: 503 } : undefined));
    for (const n of range(20)) await gateway.send({ platform: "fake", account: "ill", room: `r${n}` }, "x");
    await clock.advance(5000);
    await gateway.send({ platform: "fake", account: "well", room: "r" }, "y");
    await clock.advance(1000);
    expect(fake.texts()).toEqual(["y"]);
  });

  it("a call that hangs is given up, and tried again", async () => {
    const { gateway, fake, hear, clock } = await rig({ outbox: { sendTimeoutMs: 5000 } });
    gateway.on("message.created", (c) => c.reply("ok"));
    fake.script("hang");
    await hear({});
    await clock.until(() => fake.messages.length === 1);
    expect((fake.calls[1]?.at ?? 0) - (fake.calls[0]?.at ?? 0)).toBeGreaterThanOrEqual(5000);
  });

  it("a sender that throws what is no error is tried again", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", (c) => c.reply("ok"));
    fake.script({ throws: undefined }, { throws: Object.create(null) }, { throws: "text" }, { throws: new TypeError("x") });
    await hear({});
    await clock.until(() => fake.messages.length === 1);
    expect(fake.calls).toHaveLength(5);
  });

  it("a 429 that names no time, or none at all, is not asked at once again", async () => {
    for (const answer of [{ status: 429 }, { status: 429, retryAfterMs: 0 }]) {
      const { gateway, fake, clock } = await rig();
      fake.rule(() => answer);
      for (const n of range(3)) await gateway.send({ platform: "fake", account: "main", room: `r${n}` }, "x");
      const before = fake.calls.length;
      await clock.advance(10_000);
      expect(fake.calls.length - before).toBeLessThanOrEqual(3 * 11);
      fake.rule(undefined);
      await clock.until(() => fake.messages.length === 3, 60_000);
    }
  });

  it("a garbled Retry-After stops nothing for ever", async () => {
    for (const retryAfterMs of [Number.NaN, -5, Infinity, 1e15]) {
      const { gateway, fake, hear, clock } = await rig();
      gateway.on("message.created", (c) => c.reply("ok"));
      fake.script({ status: 429, retryAfterMs });
      await hear({});
      await clock.until(() => fake.messages.length === 1, 60_000);
    }
  });

  it("a store that is away when a message is to be noted as sent makes no second one of it", async () => {
    for (const failure of [down, () => Promise.reject(new Error("the driver's own"))]) {
      let failures = 0;
      const { gateway, fake, clock, count } = await rig({
        store: (time) => {
          const store = flaky(memoryStore({ clock: time }));
          store.before = (operation) => (operation === "outbox-fake.ack" && ++failures <= 20 ? failure() : undefined);
          return store;
        },
      });
      const to = { platform: "fake", account: "main", room: "r" } as const;
      const [id = ""] = await gateway.send(to, "once");
      await gateway.send(to, "next");
      await clock.until(() => fake.messages.length > 1);
      expect([fake.texts(), count("store.failed")]).toEqual([["once", "next"], 20]);
      expect((await gateway.receipt(id)).messageId).toBe("m1");
    }
  });

  it("what a store will never note is not asked for ever", async () => {
    const { gateway, fake, clock } = await rig({
      store: (time) => {
        const store = flaky(memoryStore({ clock: time }));
        store.before = (operation) => {
          if (operation === "outbox-fake.ack") throw new GatewayError("payload.oversized", "flaky store: too long.");
        };
        return store;
      },
    });
    await gateway.send({ platform: "fake", account: "main", room: "r" }, "x");
    await clock.until(() => fake.messages.length > 0);
    await clock.advance(600_000);
    expect((await gateway.deadLetters.list()).map(({ reason }) => reason)).toEqual(["exhausted"]);
  });

  it("limits: the buckets of an operation can be chosen", async () => {
    const asked: string[] = [];
    const { gateway, fake, hear, clock } = await rig({
      limits: ({ kind, to }, defaults) => {
        asked.push(`${kind} ${to.room} ${defaults.length}`);
        return [{ key: "mine", rate: 1, periodMs: 1000, burst: 1 }];
      },
    });
    gateway.on("message.created", (c) => c.reply("x"));
    for (const n of range(3)) await hear({ room: `r${n}` });
    await clock.advance(500);
    expect(fake.messages).toHaveLength(1);
    await clock.advance(3000);
    expect(fake.messages).toHaveLength(3);
    expect(asked[0]).toBe("message.post r0 1");
  });

  it("target.moved: what waits and what comes goes to the new address, across restarts, in order", async () => {
    const clock = manualClock();
    const shared = memoryStore({ clock });
    const store = () => ({ ...shared, close: async () => undefined });
    const old = { platform: "fake", account: "main", room: "group" } as const;
    const fake = fakePlatform();
    fake.rule(({ to }) => (to.room === "group" ? { code: "target.moved", movedTo: { ...old, room: "supergroup" } } : undefined));
    const first = await rig({ clock, store, fake });
    const ids = (await Promise.all(["one", "two"].map((text) => first.gateway.send(old, text)))).flat();
    await clock.until(() => fake.messages.length === 2);
    expect(fake.texts("supergroup")).toEqual(["one", "two"]);
    expect((await first.gateway.receipt(ids[1] ?? "")).messageId).toBe("m2");
    await first.gateway.stop();
    const before = fake.calls.length;
    const second = await rig({ clock, store, fake });
    await second.gateway.send(old, "three");
    await clock.until(() => fake.messages.length === 3);
    expect(fake.calls.slice(before).map(({ to }) => to.room)).toEqual(["supergroup"]);
  });

  it("target.moved in a circle is a dead letter", async () => {
    const { gateway, fake, clock, seen } = await rig();
    const at = (room: string) => ({ platform: "fake", account: "main", room });
    fake.rule(({ to }) => ({ code: "target.moved", movedTo: at(to.room === "a" ? "b" : "a") }));
    await gateway.send(at("a"), "round and round");
    await clock.until(() => seen.some(({ step }) => step === "operation.dead"));
    expect(fake.calls.length).toBeLessThan(8);
  });
});

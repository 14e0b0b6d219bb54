import { fakePlatform, manualClock } from "@devflow/conformance";
import { isGatewayError } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { dead, down, flaky, type FlakyStore } from "./flaky.ts";
import { range, rig } from "./harness.ts";

const perRoom = (_: string, to: { readonly room: string }) => [
  { key: `fake/main/${to.room}`, rate: 100, periodMs: 1000, burst: 100 },
];

describe("how the closest peer fails, and we do not", () => {
  it("lessons §2 row 1: process dies after ack", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const mortal = flaky(store);
    const first = await rig({ clock: manualClock(clock.now()), store: () => mortal });
    first.gateway.on("message.created", () => new Promise(() => undefined));
    expect(await first.hear({ id: "a", text: "hi" })).toBe(200);
    await first.clock.settle();
    mortal.before = dead;

    const second = await rig({ clock, store: () => store });
    second.gateway.on("message.created", (c) => c.reply("here"));
    expect(await second.hear({ id: "a", text: "hi" })).toBe(200);
    await clock.until(() => second.fake.texts().length > 0);
    expect(second.fake.texts()).toEqual(["here"]);
  });

  it("lessons §2 row 2: handler throws", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const attempts: number[] = [];
    gateway.on("message.created", async (c) => {
      attempts.push(c.attempt);
      if (c.attempt === 1) throw new Error("not today");
      await c.reply("done");
    });
    expect(await hear({ id: "a" })).toBe(200);
    expect(await hear({ id: "a" })).toBe(200);
    await clock.until(() => fake.texts().length > 0);
    await clock.advance(600_000);
    expect(attempts).toEqual([1, 2]);
    expect(fake.texts()).toEqual(["done"]);
  });

  it("lessons §2 row 3: handler throws while two messages wait", async () => {
    const { gateway, hear, clock } = await rig();
    const order: string[] = [];
    gateway.on("message.created", (c) => {
      order.push(c.message.text);
      if (c.message.text === "one" && c.attempt === 1) throw new Error("not today");
    });
    await Promise.all(["one", "two", "three"].map((text) => hear({ text })));
    await clock.until(() => order.length === 4);
    expect(order).toEqual(["one", "one", "two", "three"]);
  });

  it("lessons §2 row 4: second message while the handler runs", async () => {
    const { gateway, hear, clock } = await rig();
    const order: string[] = [];
    gateway.on("message.created", async (c) => {
      await new Promise<void>((resolve) => clock.after(120_000, resolve));
      order.push(c.message.text);
    });
    await hear({ text: "one" });
    await clock.advance(60_000);
    await hear({ text: "two" });
    await clock.until(() => order.length === 2);
    expect(order).toEqual(["one", "two"]);
  });

  it("lessons §2 row 5: message enqueued as the lane is being emptied", async () => {
    let late: Promise<number> | undefined;
    const heard: string[] = [];
    const { gateway, hear, clock } = await rig({
      observe: ({ step }) => {
        if (step === "event.handled" && !late) late = hear({ text: "late" });
      },
    });
    gateway.on("message.created", (c) => heard.push(c.message.text));
    await hear({ text: "first" });
    await clock.until(() => heard.length === 2, 1000);
    expect(heard).toEqual(["first", "late"]);
  });

  it("lessons §2 row 6: threads of one channel are not merged and not answered in each other", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", (c) => c.reply(`re ${c.message.text}`));
    await Promise.all(range(5).flatMap((n) => [hear({ thread: "t1", text: `a${n}` }), hear({ thread: "t2", text: `b${n}` })]));
    await clock.until(() => fake.messages.length === 10);
    const of = (thread: string) => fake.messages.filter(({ to }) => to.thread === thread).map(({ text }) => text);
    expect(of("t1")).toEqual(range(5).map((n) => `re a${n}`));
    expect(of("t2")).toEqual(range(5).map((n) => `re b${n}`));
  });

  it("lessons §2 row 7: a hundred messages wait and none is dropped", async () => {
    const { gateway, hear, clock } = await rig();
    const order: string[] = [];
    gateway.on("message.created", async (c) => {
      await new Promise<void>((resolve) => clock.after(100, resolve));
      order.push(c.message.text);
    });
    for (const n of range(100)) await hear({ text: String(n) });
    await clock.until(() => order.length === 100);
    expect(order).toEqual(range(100).map(String));
  });

  it("lessons §2 row 8: a 429 with Retry-After: 2 on one channel delays that channel alone, and holds no handler", async () => {
    const { gateway, fake, hear, clock, seen } = await rig({ platform: { limits: perRoom } });
    gateway.on("message.created", (c) => c.reply("ok"));
    let refused = false;
    fake.rule(({ to }) => {
      if (to.room !== "busy" || refused) return undefined;
      refused = true;
      return { status: 429, retryAfterMs: 2000 };
    });
    const start = clock.now();
    await hear({ room: "busy", text: "1" });
    await hear({ room: "quiet", text: "2" });
    await clock.until(() => fake.messages.length === 2);
    const at = (room: string) => fake.calls.filter(({ to }) => to.room === room).map((call) => call.at - start);
    expect(at("quiet")[0]).toBeLessThan(100);
    expect(at("busy")).toHaveLength(2);
    expect(at("busy")[1]).toBeGreaterThanOrEqual(2000);
    expect(at("busy")[1]).toBeLessThan(2300);
    expect(seen.filter(({ step }) => step === "event.handled").every(({ at: done }) => done - start < 100)).toBe(true);
  });

  it("lessons §2 row 9: a 429 is waited for, on every platform alike, and never reaches the handler", async () => {
    const { gateway, fake, hear, clock, count } = await rig();
    let failed = false;
    gateway.on("message.created", (c) => c.reply("ok").catch(() => (failed = true)));
    fake.script(...range(30).map(() => ({ status: 429, retryAfterMs: 1000 })));
    await hear({});
    await clock.until(() => fake.messages.length === 1);
    expect(fake.calls).toHaveLength(31);
    expect(failed).toBe(false);
    expect(count("operation.dead")).toBe(0);
  });

  it("lessons §2 row 10: the error that is documented is the error that is thrown", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const caught: unknown[] = [];
    gateway.command("form", (c) => c.open({ id: "f", title: "F", fields: [] }).catch((error: unknown) => caught.push(error)));
    fake.script({ status: 429, retryAfterMs: 7000 });
    await hear({ type: "command.invoked", command: "form", trigger: "t" });
    await clock.until(() => caught.length > 0);
    const [error] = caught;
    expect(isGatewayError(error) && [error.code, error.retryable, error.retryAfterMs]).toEqual(["rate.limited", true, 7000]);
  });

  it("lessons §2 row 11: deliveries are duplicates by their own id, not by a message's", async () => {
    const { gateway, hear, clock, count } = await rig();
    const rooms: string[] = [];
    gateway.on("message.created", (c) => rooms.push(c.conversation.address.room));
    await hear({ id: "d-1", room: "a", messageId: "1700.1" });
    await hear({ id: "d-2", room: "b", messageId: "1700.1" });
    await hear({ id: "d-1", room: "a", messageId: "1700.1" });
    await clock.advance(1000);
    expect(rooms.toSorted()).toEqual(["a", "b"]);
    expect(count("delivery.duplicate")).toBe(1);
  });

  it("lessons §2 row 12: a replayed click runs once, and a day later not at all", async () => {
    const { gateway, fake, clock } = await rig();
    let clicks = 0;
    gateway.action("go", () => void clicks++);
    const click = { id: "c", type: "action.invoked", action: "go" };
    const replay = async (timestamp: number) => (await gateway.fetch(fake.request(click, { timestamp }))).status;
    const now = clock.now();
    expect([await replay(now), await replay(now), await replay(now)]).toEqual([200, 200, 200]);
    expect(await replay(now - 24 * 3_600_000)).toBe(401);
    await clock.advance(1000);
    expect(clicks).toBe(1);
  });

  it("lessons §2 row 13: a store that hiccups during a reaction ends no process and loses nothing", async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    let store: FlakyStore | undefined;
    const { gateway, hear, clock } = await rig({
      store: (time) => (store = flaky(memoryStore({ clock: time }))),
      session: { initial: () => ({ n: 0 }) },
    });
    let ran = 0;
    gateway.on("reaction.added", () => void ran++);
    let hiccups = 3;
    if (store) store.before = (operation) => void (operation === "kv.get" && hiccups-- > 0 && down());
    expect(await hear({ type: "reaction.added", messageId: "m1" })).toBe(200);
    await clock.until(() => ran === 1);
    await new Promise((resolve) => void setImmediate(resolve));
    process.off("unhandledRejection", onRejection);
    expect(hiccups).toBeLessThan(0);
    expect(rejections).toEqual([]);
  });

  it("lessons §2 row 14: an adapter that fails to start is asked again", async () => {
    const fake = fakePlatform({ needsIdentity: true, identifyFailures: 2 });
    const { gateway, hear, clock } = await rig({ fake });
    gateway.on("message.created", (c) => c.reply("ok"));
    await hear({});
    await clock.until(() => fake.messages.length === 1);
    expect(fake.identified).toBe(3);
  });

  it("lessons §2 row 15: a socket is acknowledged after its event is stored", async () => {
    let store: FlakyStore | undefined;
    const { gateway, fake, clock } = await rig({
      platform: { connection: true },
      store: (time) => (store = flaky(memoryStore({ clock: time }))),
    });
    gateway.on("message.created", (c) => c.reply(c.message.text));
    let refusals = 2;
    if (store) store.before = (operation) => void (operation === "inbox.enqueue" && refusals-- > 0 && down());
    fake.line.push({ id: "s1", text: "over the line" });
    await clock.settle();
    expect(fake.line.acked).toEqual([]);
    await clock.until(() => fake.messages.length === 1);
    expect(fake.line.acked).toEqual(["s1"]);
    expect(fake.line.dials).toBe(3);
    await gateway.stop();
  });

  it("lessons §2 row 16: a pattern with /g matches every time", async () => {
    const { gateway, hear, clock } = await rig();
    let matched = 0;
    gateway.on("message.created", { text: /deploy/g }, () => void matched++);
    for (const n of range(6)) await hear({ text: `deploy ${n}` });
    await clock.advance(1000);
    expect(matched).toBe(6);
  });

  it("lessons §2 row 17: an edit is an edit, however soon", async () => {
    const { gateway, hear, clock } = await rig();
    const kinds: string[] = [];
    gateway.on("message.*", (c) => kinds.push(c.event.kind));
    await hear({ id: "d1", messageId: "m1", text: "draft" });
    await hear({ id: "d2", type: "message.edited", messageId: "m1", text: "final" });
    await clock.advance(1000);
    expect(kinds).toEqual(["message.created", "message.edited"]);
  });

  it("lessons §2 row 18: a text of 15,397 characters arrives whole, and all its messages are reported", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const text = range(2000)
      .map((n) => `word${n}`)
      .join(" ")
      .slice(0, 15_397);
    let ids: readonly string[] = [];
    gateway.on("message.created", async (c) => {
      ids = (await c.reply(text)).ids;
    });
    await hear({});
    await clock.until(() => fake.messages.length === 4);
    await clock.advance(10_000);
    expect(ids).toHaveLength(4);
    expect(fake.texts().join(" ").replace(/\s+/g, " ")).toBe(text);
    expect(fake.texts().every((part) => part.length <= 4000)).toBe(true);
  });

  it("lessons §2 row 19: what comes by polling or socket is as durable as what comes by webhook", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const mortal = flaky(store);
    const first = await rig({ clock: manualClock(clock.now()), store: () => mortal, platform: { connection: true } });
    first.gateway.on("message.created", () => new Promise(() => undefined));
    first.fake.line.push({ id: "p1", text: "polled" });
    await first.clock.settle();
    mortal.before = dead;
    expect(first.fake.line.acked).toEqual(["p1"]);

    const second = await rig({ clock, store: () => store });
    const heard: string[] = [];
    second.gateway.on("message.created", (c) => heard.push(c.message.text));
    await clock.until(() => heard.length === 1);
    expect(heard).toEqual(["polled"]);
  });
});

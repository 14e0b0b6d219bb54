import { GatewayError, type Sent } from "@devflow/gateway";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { down, flaky } from "./flaky.ts";
import { range, rig, words } from "./harness.ts";
import { memoryStore } from "@devflow/gateway/memory";

const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);
beforeAll(() => void process.on("unhandledRejection", onRejection));
afterAll(() => {
  process.off("unhandledRejection", onRejection);
  expect(rejections).toEqual([]);
});
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("what a handler says", () => {
  it("goes out in order, awaited or not, and none is forgotten", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", (c) => {
      void c.reply("one");
      void c.reply({ content: "two", attachments: [{ name: "f", data: "slow to store" }] });
      void c.reply(words(clock, ["th", "ree"]));
      void c.reply("four").then((said) => said.edit("four!"));
      void c.react("👍", "m1");
    });
    await hear({});
    await clock.until(() => fake.texts().includes("four!"));
    expect(fake.messages.map(({ text }) => text).filter((text) => text !== "")).toEqual(["one", "two", "three", "four!"]);
    expect(fake.messages[0]?.reactions).toEqual(["👍"]);
  });

  it("goes out early when the handler goes on, and with its end when it does not", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const at: number[] = [];
    gateway.on("message.created", async (c) => {
      await c.reply("first");
      await new Promise<void>((resolve) => clock.after(1000, resolve));
      await c.reply("second");
      await new Promise<void>((resolve) => clock.after(1000, resolve));
      await c.reply("third");
    });
    const start = clock.now();
    await hear({});
    await clock.until(() => fake.messages.length === 3);
    at.push(...fake.calls.map((call) => call.at - start));
    expect(at[0]).toBeLessThan(50);
    expect(at[1]).toBeGreaterThanOrEqual(1000);
    expect(at[1]).toBeLessThan(1050);
  });

  it("elsewhere is edited, reacted to and deleted there, and not what has its id here", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", async (c) => {
      const sent = await c.send({ ...c.conversation.address, room: "ops" }, "draft");
      await c.edit(sent, "final");
      await c.react("👍", sent);
      await c.unreact("👍", sent);
      await c.delete(sent);
    });
    await hear({ room: "general" });
    await clock.until(() => fake.messages[0]?.deleted === true);
    expect(fake.calls.map(({ kind, to }) => `${kind} ${to.room}`)).toEqual([
      "message.post ops",
      "message.edit ops",
      "reaction.add ops",
      "reaction.remove ops",
      "message.delete ops",
    ]);
  });

  it("after its end is refused by a rejection that ends no process, and is logged", async () => {
    const { gateway, fake, hear, clock, log } = await rig();
    const caught: unknown[] = [];
    gateway.on("message.created", (c) => {
      clock.after(5000, () => {
        void c.reply("too late");
        void c.react("👍");
        c.send(c.conversation.address, "too late").catch((error: unknown) => caught.push(error));
      });
    });
    await hear({});
    await clock.advance(10_000);
    await turn();
    expect(fake.calls).toEqual([]);
    expect(caught[0]).toMatchObject({ code: "gateway.closed" });
    expect(log.records.filter(({ message }) => message === "a saying of a handler failed")).toHaveLength(3);
  });

  it("through the context of an ended run fails like any other fault: in the end its event is put aside, and the next one heard", async () => {
    const { gateway, fake, hear, clock, count } = await rig();
    let ended: { reply(what: string): Promise<Sent> } | undefined;
    gateway.on("message.created", async (c) => {
      await (c.message.text === "bad" ? ended : c)?.reply(c.message.text);
      ended ??= c;
    });
    for (const text of ["first", "bad", "next"]) await hear({ text });
    await clock.until(() => count("event.dead") === 1, 1_000_000);
    await clock.advance(1000);
    expect(fake.texts()).toEqual(["first", "next"]);
    expect(count("event.started")).toBe(1 + 8 + 1);
  });

  it("that cannot be said is a rejection, and ends no process when nobody looks", async () => {
    const { gateway, hear, clock, count } = await rig({ platform: { capabilities: { operations: { "reaction.add": "none" } } } });
    const caught: unknown[] = [];
    gateway.on("message.created", async (c) => {
      void c.react("👍");
      await c.react("👍").catch((error: unknown) => caught.push(error));
    });
    await hear({});
    await clock.advance(1000);
    await turn();
    expect(caught[0]).toMatchObject({ code: "operation.unsupported" });
    expect(count("event.handled")).toBe(1);
  });

  it("is said once, however often the handler runs", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", async (c) => {
      await c.reply("one");
      await new Promise<void>((resolve) => clock.after(100, resolve));
      await c.reply("two");
      if (c.attempt < 4) throw new Error("again");
    });
    await hear({});
    await clock.until(() => fake.messages.length === 2);
    await clock.advance(60_000);
    expect(fake.texts()).toEqual(["one", "two"]);
    expect(fake.doubles).toBe(0);
  });

  it("waits in memory while the store is down, and goes with the completion", async () => {
    const { gateway, fake, hear, clock } = await rig({
      store: (time) => {
        const store = flaky(memoryStore({ clock: time }));
        store.before = (operation) => void (operation === "outbox-fake.enqueue" && down());
        return store;
      },
    });
    gateway.on("message.created", async (c) => {
      for (const n of range(3)) {
        await c.reply(String(n));
        await new Promise<void>((resolve) => clock.after(100, resolve));
      }
    });
    await hear({});
    await clock.until(() => fake.messages.length === 3);
    expect(fake.texts()).toEqual(["0", "1", "2"]);
  });

  it("is void once its time is over, though the handler goes on", async () => {
    const { gateway, fake, hear, clock } = await rig({ inbox: { maxRunMs: 1000 } });
    let late: Promise<Sent> | undefined;
    gateway.on("message.created", async (c) => {
      if (c.attempt > 1) return void (await c.reply("second run"));
      await new Promise<void>((resolve) => clock.after(5000, resolve));
      late = c.reply("first run");
      await late;
    });
    await hear({});
    await clock.advance(30_000);
    await expect(late).rejects.toMatchObject({ code: "gateway.closed" });
    expect(fake.texts()).toEqual(["second run"]);
  });

  it("in the background stops with a run that failed, and the next run goes on alone", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const pulled: number[] = [];
    let untouched = true;
    gateway.on("message.created", async (c) => {
      const run = c.attempt;
      const saying = c.reply(
        (async function* () {
          for await (const piece of words(
            clock,
            range(20).map((n) => `${n} `),
            500,
          )) {
            pulled.push(run);
            yield piece;
          }
        })(),
      );
      if (run > 1) return void (await saying);
      c.signal.addEventListener("abort", () => (untouched = false));
      await new Promise<void>((resolve) => clock.after(2000, resolve));
      throw new Error("elsewhere");
    });
    await hear({});
    await clock.until(() => fake.texts()[0]?.includes("19") === true);
    await clock.advance(5000);
    expect(pulled.filter((run) => run === 1).length).toBeLessThan(6);
    expect(pulled.filter((run) => run === 2)).toHaveLength(20);
    expect([fake.messages.length, untouched]).toEqual([1, true]);
  });

  it("typing never fails, and an error of a verb that is not retryable makes a dead letter at once", async () => {
    const { gateway, fake, hear, clock, count } = await rig();
    gateway.on("message.created", async (c) => {
      await c.typing();
      throw new GatewayError("operation.rejected", "no use trying again");
    });
    fake.script({ status: 500 });
    await hear({});
    await clock.advance(1000);
    expect(fake.calls.map(({ kind }) => kind)).toEqual(["typing.start"]);
    expect([count("event.failed"), count("event.dead")]).toEqual([1, 1]);
  });

  it("onlyFor is never made public where a platform cannot show it to one", async () => {
    const { gateway, fake, hear, clock, count } = await rig({ platform: { capabilities: { onlyFor: false } } });
    gateway.on("message.created", (c) => c.reply({ content: "secret", onlyFor: "ada" }));
    await hear({});
    await clock.advance(1000);
    expect(fake.calls).toEqual([]);
    expect(count("event.dead")).toBe(1);
  });
});

describe("middleware", () => {
  it("runs around the handlers, in order, and may keep them from running", async () => {
    const { gateway, hear, clock } = await rig();
    const order: string[] = [];
    gateway.use(async (_, next) => {
      order.push("in");
      await next();
      order.push("out");
    });
    gateway.use((c, next) => (c.message?.text === "stop" ? undefined : next()));
    gateway.on("message.created", (c) => order.push(c.message.text));
    await hear({ text: "go" });
    await hear({ text: "stop" });
    await clock.advance(1000);
    expect(order).toEqual(["in", "go", "out", "in", "out"]);
  });

  it("that calls next twice is told so, and one that does not await it hides no failure", async () => {
    for (const [text, code] of [
      ["twice", "options.invalid"],
      ["unawaited", "operation.rejected"],
    ]) {
      const { gateway, hear, clock, seen } = await rig();
      gateway.use(async (_, next) => {
        if (text === "unawaited") return void next();
        await next();
        await next();
      });
      gateway.on("message.created", async () => {
        await new Promise<void>((resolve) => clock.after(100, resolve));
        if (text === "unawaited") throw new GatewayError("operation.rejected", "seen");
      });
      await hear({});
      await clock.advance(1000);
      expect(seen.find(({ step }) => step === "event.dead")?.code).toBe(code);
    }
  });
});

import { fakePlatform, manualClock } from "@devflow/conformance";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { dead, flaky } from "./flaky.ts";
import { range, rig, words } from "./harness.ts";
import { pieces, spaced, streaming, text } from "./streaming.ts";

const kinds = ["emulated", "native"] as const;

describe.each(kinds)("a stream, %s", (streams) => {
  it("lesson 19: is shown at the platform's pace and ends exactly", async () => {
    const { fake, hear, clock, count } = await streaming({ streams, capabilities: { stream: { intervalMs: 1000 } } });
    await hear({});
    await clock.until(() => fake.messages[0]?.streaming !== true && fake.texts()[0]?.includes("word119") === true);
    await clock.advance(5000);
    expect(spaced(fake.texts()[0] ?? "")).toBe(text.trim());
    expect(fake.messages).toHaveLength(1);
    // 6 seconds of text at a call a second, and the last word.
    expect(fake.calls.length).toBeGreaterThan(4);
    expect(fake.calls.length).toBeLessThanOrEqual(9);
    expect(count("stream.appended")).toBeGreaterThan(3);
  });

  it("lesson 19: ends exactly even when every live call is refused with 429", async () => {
    const { fake, hear, clock } = await streaming({ streams });
    fake.rule(({ kind, key }) =>
      kind === "stream.append" || key.endsWith("/live") ? { status: 429, retryAfterMs: 1000 } : undefined,
    );
    await hear({});
    await clock.until(() => fake.messages[0]?.streaming !== true && fake.texts()[0]?.includes("word119") === true);
    expect(spaced(fake.texts()[0] ?? "")).toBe(text.trim());
  });

  it("lesson 18: goes on in the next message when it outgrows one, and no word is lost", async () => {
    const limit = { limit: 200, unit: "utf16", editLimit: 200 } as const;
    const { fake, hear, clock } = await streaming({ streams, capabilities: { text: limit } });
    await hear({});
    await clock.until(() => fake.texts().join(" ").includes("word119") && fake.messages.every((one) => !one.streaming));
    await clock.advance(5000);
    expect(fake.texts().length).toBeGreaterThanOrEqual(5);
    expect(fake.texts().every((part) => part.length <= 200)).toBe(true);
    expect(spaced(fake.texts().join(" "))).toBe(text.trim());
  });

  it("a code fence that is cut is closed and opened again", async () => {
    const limit = { limit: 120, unit: "utf16", editLimit: 120 } as const;
    const lines = range(20).map((n) => `line number ${n};\n`);
    const { fake, hear, clock } = await streaming({ streams, capabilities: { text: limit } }, ["```js\n", ...lines, "```"]);
    await hear({});
    await clock.until(() => fake.texts().join(" ").includes("number 19") && fake.messages.every((one) => !one.streaming));
    await clock.advance(5000);
    expect(fake.texts().every((part) => part.startsWith("```js\n") && part.endsWith("\n```"))).toBe(true);
    const inside = fake.texts().flatMap((part) => part.split("\n").slice(1, -1));
    expect(inside).toEqual(range(20).map((n) => `line number ${n};`));
  });

  it("lesson 36: without a word sends nothing", async () => {
    for (const parts of [[], [""], [" ", "\n", "  "]]) {
      const { fake, hear, clock, count } = await streaming({ streams }, parts);
      await hear({});
      await clock.advance(5000);
      expect(fake.calls).toEqual([]);
      expect(count("event.handled")).toBe(1);
    }
  });

  it("lesson 36: never sends an empty body, whatever it begins with", async () => {
    const { fake, hear, clock } = await streaming({ streams }, ["", " ", "\n", "a", "", "b"]);
    await hear({});
    await clock.until(() => fake.texts()[0]?.trim() === "ab");
    await clock.advance(1000);
    expect(fake.calls.every(({ body }) => String(body["text"]).trim() !== "")).toBe(true);
  });

  it("whose source throws fails its handler, and the next run goes on in the same message", async () => {
    const { gateway, fake, hear, clock } = await rig({ platform: { streams } });
    gateway.on("message.created", (c) =>
      c.reply(
        (async function* () {
          yield* words(clock, ["one ", "two ", "three "]);
          if (c.attempt === 1) throw new Error("the model is out");
          yield* words(clock, ["four"]);
        })(),
      ),
    );
    await hear({});
    await clock.until(() => fake.messages[0]?.streaming !== true && fake.texts()[0]?.includes("four") === true);
    await clock.advance(5000);
    expect(fake.texts().map(spaced)).toEqual(["one two three four"]);
  });

  it("is not streamed again when only what came after it failed", async () => {
    const { gateway, fake, hear, clock } = await rig({ platform: { streams } });
    let asked = 0;
    gateway.on("message.created", async (c) => {
      const run = c.attempt;
      await c.reply(
        (async function* () {
          asked += 1;
          yield* words(clock, [`answer ${run}`]);
        })(),
      );
      if (c.attempt === 1) throw new Error("afterwards");
      await c.reply("and done");
    });
    await hear({});
    await clock.until(() => fake.texts().length === 2);
    await clock.advance(5000);
    expect(asked).toBe(1);
    expect(fake.texts()).toEqual(["answer 1", "and done"]);
  });

  it("crash in mid-stream: another process goes on in the same message", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const mortal = flaky(store);
    const fake = fakePlatform({ streams });
    const first = await rig({ clock: manualClock(clock.now()), store: () => mortal, fake });
    first.gateway.on("message.created", (c) => c.reply(words(first.clock, ["half ", "of ", "it ", "…"])));
    await first.hear({});
    await first.clock.until(() => fake.texts()[0]?.includes("of") === true);
    mortal.before = dead;

    const second = await rig({ clock, store: () => store, fake });
    second.gateway.on("message.created", (c) => c.reply(words(clock, ["all ", "of ", "it"])));
    await clock.until(() => fake.messages[0]?.streaming !== true && fake.texts()[0]?.trim() === "all of it");
    await clock.advance(5000);
    expect(fake.texts().map(spaced)).toEqual(["all of it"]);
  });

  it("a silent source does not outlive its handler's time, and is closed", async () => {
    const { gateway, fake, hear, clock, seen } = await rig({ platform: { streams }, inbox: { maxRunMs: 5000 } });
    let closed = false;
    gateway.on("message.created", async (c) => {
      if (c.attempt > 1) return;
      const silent: AsyncIterable<string> = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise(() => undefined),
          return: () => ((closed = true), Promise.resolve({ done: true, value: undefined })),
        }),
      };
      await c.reply(silent);
    });
    await hear({});
    await clock.advance(20_000);
    expect(closed).toBe(true);
    expect(seen.find(({ step }) => step === "event.failed")?.code).toBe("handler.timeout");
    expect(fake.calls).toEqual([]);
  });

  it("a stream waits for a lane that is rate-limited, and holds back none of its words", async () => {
    const { fake, hear, clock } = await streaming({ streams });
    fake.script({ status: 429, retryAfterMs: 30_000 });
    await hear({});
    await clock.until(() => fake.messages[0]?.streaming !== true && fake.texts()[0]?.includes("word119") === true);
    expect(spaced(fake.texts()[0] ?? "")).toBe(text.trim());
    expect(fake.messages).toHaveLength(1);
  });

  it("goes on through a store that hiccups while it is shown", async () => {
    let failing = 0;
    const { gateway, fake, hear, clock } = await rig({
      platform: { streams },
      store: (time) => {
        const store = flaky(memoryStore({ clock: time }));
        store.before = (operation) => {
          if (operation === "limiter.take" && fake.messages.length > 0 && failing++ < 20) throw new Error("hiccup");
        };
        return store;
      },
    });
    gateway.on("message.created", (c) => c.reply(words(clock, pieces, 50)));
    await hear({});
    await clock.until(() => fake.messages[0]?.streaming !== true && fake.texts()[0]?.includes("word119") === true);
    expect(failing).toBeGreaterThan(20);
    expect(fake.messages).toHaveLength(1);
  });
});

describe("the live edits of a stream", () => {
  it("have a key each, and other keys in the next run: a platform that knows keys would drop all but the first", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", async (c) => {
      await c.reply(words(clock, pieces.slice(0, 20)));
      if (c.attempt === 1) throw new Error("again");
    });
    await hear({});
    await clock.until(() => fake.texts()[0]?.includes("word19") === true);
    const edits = fake.calls.filter(({ kind }) => kind === "message.edit").map(({ key }) => key);
    expect(edits.length).toBeGreaterThan(3);
    expect(new Set(edits).size).toBe(edits.length);
  });
});

describe("a stream where a platform can neither stream nor edit", () => {
  it("lesson 36: is posted when it is whole, once, whatever becomes of the handler", async () => {
    const { gateway, fake, hear, clock } = await rig({
      platform: { capabilities: { operations: { "message.edit": "none" }, text: { limit: 200, unit: "utf16", editLimit: 0 } } },
    });
    gateway.on("message.created", async (c) => {
      await c.reply(words(clock, pieces, 50));
      if (c.attempt < 3) throw new Error("afterwards");
    });
    await hear({});
    await clock.advance(3000);
    expect(fake.calls).toEqual([]);
    await clock.until(() => fake.texts().join(" ").includes("word119"));
    await clock.advance(60_000);
    expect(spaced(fake.texts().join(" "))).toBe(text.trim());
    expect(fake.calls.every(({ kind }) => kind === "message.post")).toBe(true);
    expect(fake.doubles).toBe(0);
  });
});

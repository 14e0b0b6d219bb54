import { fakePlatform, manualClock } from "@devflow/conformance";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { dead, flaky } from "./flaky.ts";
import { rig, words } from "./harness.ts";
import { pieces, spaced, streaming, text } from "./streaming.ts";

describe("a native stream", () => {
  const rotating = { streams: "native", capabilities: { stream: { intervalMs: 100, rotateMs: 2000 } } } as const;

  it("lesson 30: goes on in a fresh message before the platform closes the old one", async () => {
    const { fake, hear, clock, count } = await streaming(rotating);
    await hear({});
    await clock.until(() => fake.texts().join(" ").includes("word119") && fake.messages.every((one) => !one.streaming));
    await clock.advance(5000);
    expect(count("stream.rotated")).toBeGreaterThanOrEqual(2);
    expect(spaced(fake.texts().join(" "))).toBe(text.trim());
  });

  it("lesson 30: loses nothing when the platform says stream.expired", async () => {
    const { fake, hear, clock, count } = await streaming({ streams: "native" });
    let appends = 0;
    fake.rule(({ kind }) => (kind === "stream.append" && ++appends === 10 ? { code: "stream.expired" } : undefined));
    await hear({});
    await clock.until(() => fake.texts().join(" ").includes("word119") && fake.messages.every((one) => !one.streaming));
    await clock.advance(5000);
    expect(count("stream.rotated")).toBe(1);
    expect(fake.messages).toHaveLength(2);
    expect(spaced(fake.texts().join(" "))).toBe(text.trim());
  });

  it("lesson 30: is posted whole where the platform refuses to open a stream", async () => {
    const { fake, hear, clock } = await streaming({ streams: "native" });
    fake.rule(({ kind }) => (kind === "stream.begin" ? { code: "operation.unsupported" } : undefined));
    await hear({});
    await clock.until(() => fake.texts().length > 0);
    expect(fake.texts().map(spaced)).toEqual([text.trim()]);
  });

  it("ends where the reader stopped it, and asks the source for no more", async () => {
    const { gateway, fake, hear, clock } = await rig({ platform: { streams: "native" } });
    let asked = 0;
    gateway.on("message.created", (c) =>
      c.reply(
        (async function* () {
          for await (const piece of words(clock, pieces, 50)) {
            asked += 1;
            yield piece;
          }
        })(),
      ),
    );
    let appends = 0;
    fake.rule(({ kind }) => (kind === "stream.append" && ++appends === 5 ? { code: "stream.stopped" } : undefined));
    await hear({});
    await clock.until(() => fake.messages[0]?.streaming === false);
    await clock.advance(20_000);
    expect(asked).toBeLessThan(30);
    expect(appends).toBe(5);
  });

  it("that must name its reader becomes edits when there is none to name", async () => {
    for (const [id, begun] of [["ada", 1] as const, ["", 0] as const]) {
      const { gateway, fake, hear, clock } = await rig({
        platform: { streams: "native", capabilities: { stream: { intervalMs: 100, recipient: true } } },
      });
      gateway.on("message.created", (c) => c.reply(words(clock, pieces, 50)));
      await hear({ user: { id } });
      await clock.until(() => fake.messages[0]?.streaming !== true && fake.texts()[0]?.includes("word119") === true);
      expect(fake.calls.filter(({ kind }) => kind === "stream.begin")).toHaveLength(begun);
    }
  });

  it("loses nothing of a first piece that outgrows a message, nor its order", async () => {
    const limit = { limit: 200, unit: "utf16", editLimit: 200 } as const;
    const parts = [text.slice(0, 500), ...text.slice(500).split(/(?<= )/)];
    const { fake, hear, clock } = await streaming({ streams: "native", capabilities: { text: limit } }, parts);
    await hear({});
    await clock.until(() => fake.texts().join(" ").includes("word119") && fake.messages.every((one) => !one.streaming));
    await clock.advance(5000);
    expect(fake.texts().every((part) => part.length <= 200)).toBe(true);
    expect(spaced(fake.texts().join(" "))).toBe(text.trim());
  });
});

describe("a native stream that a run has left open", () => {
  const whole = async function* () {
    yield "all of it";
  };

  it("is ended by the next run, though that has all of its text at once", async () => {
    const { gateway, fake, hear, clock } = await rig({ platform: { streams: "native" } });
    gateway.on("message.created", (c) =>
      c.reply(
        c.attempt > 1
          ? whole()
          : (async function* () {
              yield* words(clock, ["half ", "of "]);
              throw new Error("the model is out");
            })(),
      ),
    );
    await hear({});
    await clock.advance(60_000);
    expect(fake.messages.map(({ text: said, streaming: open }) => [said, open])).toEqual([["all of it", false]]);
  });

  it("is ended so by another process", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const mortal = flaky(store);
    const fake = fakePlatform({ streams: "native" });
    const first = await rig({ clock: manualClock(clock.now()), store: () => mortal, fake });
    first.gateway.on("message.created", (c) => c.reply(words(first.clock, ["half ", "of ", "it ", "…"])));
    await first.hear({});
    await first.clock.until(() => fake.texts()[0]?.includes("of") === true);
    mortal.before = dead;

    const second = await rig({ clock, store: () => store, fake });
    second.gateway.on("message.created", (c) => c.reply(whole()));
    await clock.advance(120_000);
    expect(fake.messages.map(({ text: said, streaming: open }) => [said, open])).toEqual([["all of it", false]]);
  });

  it("is not begun for a text that is there at once", async () => {
    const { gateway, fake, hear, clock } = await rig({ platform: { streams: "native" } });
    gateway.on("message.created", (c) => c.reply(whole()));
    await hear({});
    await clock.advance(60_000);
    expect(fake.calls.map(({ kind }) => kind)).toEqual(["message.post"]);
  });
});

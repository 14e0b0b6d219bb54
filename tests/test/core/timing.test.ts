import { fakePlatform, manualClock } from "@devflow/conformance";
import { createGateway, preview } from "@devflow/gateway";
import { equalInConstantTime } from "@devflow/gateway/kit";
import { memoryStore } from "@devflow/gateway/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nightly, range } from "./harness.ts";
import { silent } from "./stores.ts";

/** Welch's t of two samples. */
function welch(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
  const spread = (list: readonly number[], middle: number) =>
    list.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (list.length - 1) / list.length;
  const [x, y] = [mean(a), mean(b)];
  return (x - y) / Math.sqrt(spread(a, x) + spread(b, y));
}

describe("time", () => {
  it("reliability 5: comparing signatures is equality, and takes as long wherever they differ", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(equalInConstantTime(a, b)).toBe(a === b);
        expect(equalInConstantTime(a, a)).toBe(true);
      }),
      { seed: 5 },
    );
    // Through bytes and back, so that the engine holds all three in the same form.
    const flat = (text: string) => Buffer.from(text).toString("latin1");
    const right = flat("0123456789abcdef".repeat(4));
    const early = flat(`x${right.slice(1)}`);
    const late = flat(`${right.slice(0, -1)}x`);
    const samples = { early: [] as number[], late: [] as number[] };
    for (const _ of range(2000)) equalInConstantTime(early, late);
    for (const _ of range(nightly ? 200_000 : 20_000)) {
      const name = Math.random() < 0.5 ? "early" : "late";
      const given = name === "early" ? early : late;
      const started = process.hrtime.bigint();
      equalInConstantTime(given, right);
      samples[name].push(Number(process.hrtime.bigint() - started));
    }
    // What the machine did meanwhile is not the comparison's: the slowest tenth of both is left out.
    const quick = (list: readonly number[]) => list.toSorted((a, b) => a - b).slice(0, list.length * 0.9);
    expect(Math.abs(welch(quick(samples.early), quick(samples.late)))).toBeLessThan(4.5);
  });

  it("reliability 12: text made to be slow is said as quickly as any other", async () => {
    const bombs = [
      "*a".repeat(50_000),
      "`".repeat(100_000),
      "<@".repeat(50_000),
      "[".repeat(100_000),
      "> ".repeat(10_000) + "x",
      "- ".repeat(10_000) + "x",
      "|".repeat(100_000),
      "![](".repeat(25_000),
      "_".repeat(100_000),
      "\n".repeat(100_000),
      "a@".repeat(50_000),
      "http://".repeat(14_000),
    ];
    const fake = fakePlatform();
    const to = { platform: "fake", account: "main", room: "r" };
    for (const [n, bomb] of bombs.entries()) {
      await preview(fake, bomb, to);
      const started = performance.now();
      await preview(fake, bomb, to);
      // Squares of such a length would be minutes.
      expect([n, performance.now() - started < (nightly ? 500 : 2000)]).toEqual([n, true]);
    }
  }, 30_000);

  it("reliability 29: a handler that blocks the loop for less than its lease runs once, for more its effects count once", async () => {
    for (const [blockMs, most] of [
      [300, 1],
      [3000, 2],
    ] as const) {
      const fake = fakePlatform();
      const gateway = createGateway({
        adapters: [fake],
        store: memoryStore(),
        log: silent,
        inbox: { leaseMs: 2000, pollMs: 20, retryBaseMs: 1, retryCapMs: 1 },
      });
      let ran = 0;
      gateway.on("message.created", async (c) => {
        ran += 1;
        if (ran === 1) {
          const until = performance.now() + blockMs;
          while (performance.now() < until);
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
        await c.reply("once");
      });
      await gateway.fetch(fake.request({}));
      await gateway.drain();
      expect(ran).toBeLessThanOrEqual(most);
      expect(fake.texts()).toEqual(["once"]);
      await gateway.stop();
    }
  }, 20_000);

  it("an event is received by the gateway's own clock", async () => {
    const clock = manualClock(Date.UTC(2030, 0, 1));
    const fake = fakePlatform();
    const gateway = createGateway({ adapters: [fake], store: memoryStore({ clock }), clock, log: silent });
    const at: number[] = [];
    gateway.on("message.created", (c) => at.push(c.event.at));
    expect((await gateway.fetch(fake.request({}, { timestamp: clock.now() }))).status).toBe(200);
    await clock.settle();
    expect(at).toEqual([Date.UTC(2030, 0, 1)]);
  });
});

import { describe, expect, it } from "vitest";
import { createCrowd } from "../../src/outbox/crowd.ts";

const bucket = { key: "b", rate: 10, periodMs: 1000, burst: 10 };

function make() {
  let now = 0;
  const crowd = createCrowd({ now: () => now, after: () => () => undefined });
  return { crowd, pass: (ms: number) => (now += ms) };
}

describe("createCrowd", () => {
  it("lets one alone come back for the next token", () => {
    const { crowd } = make();
    for (let n = 0; n < 10; n++) {
      expect(crowd.join("a", bucket, 50)).toBe(50);
      crowd.leave("a");
    }
  });

  it("spreads many over a twentieth of the time that they need, and none before the token", () => {
    const { crowd } = make();
    const waits = Array.from({ length: 200 }, (_, n) => crowd.join(`l${n}`, bucket, 50));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...waits)).toBeLessThanOrEqual(50 + (200 * 100) / 20);
    expect(Math.max(...waits)).toBeGreaterThan(500);
  });

  it("counts a lane once, and only those who wait for the same bucket", () => {
    const { crowd } = make();
    for (let n = 0; n < 100; n++) crowd.join("a", bucket, 0);
    for (let n = 0; n < 100; n++) crowd.join(`o${n}`, { ...bucket, key: `other-${n}` }, 0);
    expect(crowd.join("b", bucket, 7)).toBeLessThanOrEqual(7 + 5);
    crowd.leave("a");
    expect(crowd.join("b", bucket, 7)).toBe(7);
  });

  it("forgets lanes that never came back", () => {
    const { crowd, pass } = make();
    for (let n = 0; n < 1000; n++) crowd.join(`gone-${n}`, { ...bucket, key: "gone" }, 0);
    pass(3_600_000);
    crowd.join("x", bucket, 0);
    crowd.join("y", { ...bucket, key: "z" }, 0);
    expect(crowd.join("new", { ...bucket, key: "gone" }, 9)).toBe(9);
  });
});

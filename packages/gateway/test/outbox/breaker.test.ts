import { describe, expect, it } from "vitest";
import { Breaker } from "../../src/outbox/breaker.ts";

function make() {
  let now = 1000;
  const clock = { now: () => now, after: () => () => undefined };
  const breaker = new Breaker(clock);
  const call = (works: boolean): boolean => {
    expect(breaker.enter()).toBe(0);
    return works ? breaker.success() : breaker.failure();
  };
  return { breaker, call, pass: (ms: number) => (now += ms) };
}

describe("Breaker", () => {
  it("opens at five failures in a row, and not at four", () => {
    const { breaker, call } = make();
    for (let n = 0; n < 4; n++) expect(call(false)).toBe(false);
    call(true);
    for (let n = 0; n < 4; n++) expect(call(false)).toBe(false);
    expect(call(false)).toBe(true);
    expect([breaker.open, breaker.enter()]).toEqual([true, 30_000]);
  });

  it("opens when half of twenty calls fail, though none in a row", () => {
    const { call } = make();
    const opened = Array.from({ length: 20 }, (_, n) => call(n % 2 === 0));
    expect(opened.slice(0, 19)).toEqual(opened.slice(0, 19).map(() => false));
    expect(opened[19]).toBe(true);
  });

  it("forgets failures that lie further back than its window", () => {
    const { call, pass } = make();
    for (let n = 0; n < 4; n++) call(false);
    pass(30_001);
    expect(call(false)).toBe(false);
  });

  it("lets one probe through after its pause; a failed one doubles the pause, up to five minutes", () => {
    const { breaker, call, pass } = make();
    for (let n = 0; n < 5; n++) call(false);
    for (const pause of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      expect(breaker.enter()).toBe(pause);
      pass(pause - 1);
      expect(breaker.enter()).toBe(1);
      pass(1);
      expect(breaker.enter()).toBe(0);
      // Others wait while the probe is out.
      expect(breaker.enter()).toBe(1000);
      expect(breaker.failure()).toBe(true);
    }
  });

  it("closes when the probe works, and starts afresh", () => {
    const { breaker, call, pass } = make();
    for (let n = 0; n < 5; n++) call(false);
    pass(30_000);
    expect(call(true)).toBe(true);
    expect(breaker.open).toBe(false);
    for (let n = 0; n < 4; n++) expect(call(false)).toBe(false);
    call(false);
    expect(breaker.enter()).toBe(30_000);
  });

  it("lets the next call probe when the probe was not sent after all", () => {
    const { breaker, call, pass } = make();
    for (let n = 0; n < 5; n++) call(false);
    pass(30_000);
    expect(breaker.enter()).toBe(0);
    breaker.leave();
    expect(breaker.enter()).toBe(0);
  });

  it("late failures of calls that were out when it opened change nothing", () => {
    const { breaker, call } = make();
    for (let n = 0; n < 5; n++) call(false);
    expect([breaker.failure(), breaker.failure()]).toEqual([false, false]);
    expect(breaker.enter()).toBe(30_000);
  });
});

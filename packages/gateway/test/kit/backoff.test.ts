import { describe, expect, it } from "vitest";
import { backoff } from "../../src/kit/backoff.ts";

const samples = (attempt: number, base: number, cap: number, floor?: number): readonly number[] =>
  Array.from({ length: 500 }, () => backoff(attempt, base, cap, floor));

describe("backoff", () => {
  it("is uniform below a bound that doubles with each attempt, up to its cap", () => {
    for (const [attempt, bound] of [
      [1, 1000],
      [2, 2000],
      [5, 16_000],
      [9, 60_000],
      [1000, 60_000],
    ] as const) {
      const waits = samples(attempt, 1000, 60_000);
      expect(Math.max(...waits)).toBeLessThanOrEqual(bound);
      expect(Math.max(...waits)).toBeGreaterThan(bound * 0.9);
      expect(Math.min(...waits)).toBeLessThan(bound * 0.1);
    }
  });

  it("is never below what the platform asked for", () => {
    expect(Math.min(...samples(1, 1000, 60_000, 30_000))).toBe(30_000);
    expect(Math.max(...samples(9, 1000, 60_000, 30_000))).toBeGreaterThan(30_000);
  });
});

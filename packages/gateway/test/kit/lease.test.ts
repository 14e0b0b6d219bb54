import { manualClock } from "@devflow/conformance";
import { describe, expect, it } from "vitest";
import { keepLease } from "../../src/kit/index.ts";

describe("keepLease", () => {
  const setup = (renew: () => Promise<boolean>) => {
    const clock = manualClock();
    const closing = new AbortController();
    let released = 0;
    let renewals = 0;
    let lostAt = 0;
    const start = clock.now();
    const lease = keepLease({
      clock,
      fence: 7,
      ttlMs: 3_000,
      sentAt: start,
      signal: closing.signal,
      renew: () => {
        renewals += 1;
        return renew();
      },
      release: () => Promise.resolve(void (released += 1)),
    });
    lease.lost.addEventListener("abort", () => (lostAt = clock.now() - start));
    return { clock, closing, lease, seen: () => ({ released, renewals, lostAt }) };
  };

  it("renews three times per ttl, as long as it succeeds", async () => {
    const { clock, lease, seen } = setup(() => Promise.resolve(true));
    await clock.advance(30_000);
    expect(lease.lost.aborted).toBe(false);
    expect(seen().renewals).toBe(30);
  });

  it("is lost at once when the store says so", async () => {
    const { clock, seen } = setup(() => Promise.resolve(false));
    await clock.advance(10_000);
    expect(seen()).toEqual({ released: 0, renewals: 1, lostAt: 1_000 });
  });

  it("is lost at 80 % of the ttl when the store fails, and no sooner", async () => {
    let works = true;
    const { clock, seen } = setup(() => (works ? Promise.resolve(true) : Promise.reject(new Error("down"))));
    await clock.advance(1_500);
    works = false;
    await clock.advance(10_000);
    // The renewal of the first second counts from when it was sent.
    expect(seen().lostAt).toBe(1_000 + 2_400);
  });

  it("is lost when the store never answers", async () => {
    const { clock, seen } = setup(() => new Promise(() => {}));
    await clock.advance(10_000);
    expect(seen()).toEqual({ released: 0, renewals: 1, lostAt: 2_400 });
  });

  it("outlasts a failure that is shorter than the lease", async () => {
    let failures = 1;
    const { clock, lease } = setup(() => (failures-- > 0 ? Promise.reject(new Error("down")) : Promise.resolve(true)));
    await clock.advance(20_000);
    expect(lease.lost.aborted).toBe(false);
  });

  it("after release renews nothing, and is released once", async () => {
    const { clock, lease, seen } = setup(() => Promise.resolve(true));
    await lease.release();
    await lease.release();
    await clock.advance(10_000);
    expect(seen()).toEqual({ released: 1, renewals: 0, lostAt: 0 });
    expect(clock.pending).toBe(0);
  });

  it("is lost when the store closes, before or after it was made", async () => {
    const { clock, closing, lease } = setup(() => Promise.resolve(true));
    closing.abort();
    expect(lease.lost.aborted).toBe(true);
    expect(clock.pending).toBe(0);
    const late = keepLease({
      clock,
      fence: 8,
      ttlMs: 1_000,
      sentAt: clock.now(),
      signal: closing.signal,
      renew: () => Promise.resolve(true),
      release: () => Promise.resolve(),
    });
    expect(late.lost.aborted).toBe(true);
  });
});

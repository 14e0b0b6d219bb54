import { describe, expect, it } from "vitest";
import { manualClock } from "@devflow/conformance";

describe("manualClock", () => {
  it("fires due timers in order of their time, first come first served among equals", async () => {
    const clock = manualClock(0);
    const fired: string[] = [];
    for (const [ms, name] of [
      [30, "c"],
      [10, "a"],
      [10, "b"],
      [31, "d"],
    ] as const) {
      clock.after(ms, () => fired.push(`${name}@${clock.now()}`));
    }
    await clock.advance(30);
    expect(fired).toEqual(["a@10", "b@10", "c@30"]);
    expect(clock.now()).toBe(30);
    expect(clock.pending).toBe(1);
  });

  it("lets promises settle between timers, so that what they schedule is in time", async () => {
    const clock = manualClock(0);
    const times: number[] = [];
    const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
    void (async () => {
      for (let n = 0; n < 5; n++) {
        await wait(10);
        times.push(clock.now());
      }
    })();
    await clock.advance(45);
    expect(times).toEqual([10, 20, 30, 40]);
  });

  it("does not fire what was cancelled", async () => {
    const clock = manualClock();
    let fired = false;
    clock.after(5, () => (fired = true))();
    await clock.advance(10);
    expect(fired).toBe(false);
  });

  it("moves until a condition holds, and says so when it never will", async () => {
    const clock = manualClock(0);
    let done = false;
    clock.after(500, () => (done = true));
    await clock.until(() => done);
    expect(clock.now()).toBe(500);
    await expect(clock.until(() => !done)).rejects.toThrow("nothing waits for time");
    clock.after(5000, () => {});
    await expect(clock.until(() => !done, 1000)).rejects.toThrow("within 1000 ms");
  });

  it("does not hang on a timer that re-arms itself at once", async () => {
    const clock = manualClock();
    const again = (): void => void clock.after(0, again);
    again();
    await expect(clock.until(() => false, 10)).rejects.toThrow("re-arms itself");
  });
});

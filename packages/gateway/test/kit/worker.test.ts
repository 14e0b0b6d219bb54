import { describe, expect, it } from "vitest";
import type { Claim, Clock, Queue } from "../../src/contract/index.ts";
import { startWorker, type Worker } from "../../src/kit/worker.ts";
import { memoryStore } from "../../src/memory/index.ts";

/** A clock that a test moves; timers fire in order. */
function handClock(): Clock & { pass(ms: number): Promise<void> } {
  let now = 1000;
  let timers: { readonly due: number; readonly run: () => void }[] = [];
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 10; n++) await new Promise<void>((resolve) => void setImmediate(resolve));
  };
  return {
    now: () => now,
    after(ms, run) {
      const timer = { due: now + Math.max(0, ms), run };
      timers.push(timer);
      return () => void (timers = timers.filter((one) => one !== timer));
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [first] = timers.filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due);
        if (!first) break;
        timers = timers.filter((one) => one !== first);
        now = Math.max(now, first.due);
        first.run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

const options = {
  dedupeTtlMs: 60_000,
  maxAttempts: 5,
  maxCrashes: 3,
  maxDepth: 1000,
  maxLaneDepth: 1000,
  maxPayloadBytes: 1000,
  onRetry: "block",
  onDead: "continue",
} as const;

function make(
  changes: { readonly queue?: (queue: Queue) => Partial<Queue>; readonly concurrency?: number; readonly pollMs?: number } = {},
) {
  const clock = handClock();
  const store = memoryStore({ clock });
  const real = store.queue("q", options);
  const queue: Queue = { ...real, ...changes.queue?.(real) };
  const runs: { readonly id: string; readonly claim: Claim; readonly signal: AbortSignal; end(): void }[] = [];
  const failures: unknown[] = [];
  const worker: Worker = startWorker({
    queue,
    clock,
    name: "w",
    concurrency: changes.concurrency ?? 4,
    leaseMs: 6000,
    pollMs: changes.pollMs ?? 1000,
    failed: (error) => failures.push(error),
    run: (claim, signal, done) =>
      new Promise((resolve) =>
        runs.push({
          id: claim.id,
          claim,
          signal,
          end() {
            done();
            void queue.ack(claim).then(
              () => resolve(),
              () => resolve(),
            );
          },
        }),
      ),
  });
  const add = (id: string, key = id) => real.enqueue([{ key, id, payload: "x" }]);
  return { clock, real, queue, runs, failures, worker, add };
}

describe("startWorker", () => {
  it("runs lanes side by side up to its concurrency, and a lane's jobs one after the other", async () => {
    const { clock, runs, worker, add } = make({ concurrency: 2 });
    for (const [id, key] of [
      ["a1", "a"],
      ["a2", "a"],
      ["b1", "b"],
      ["c1", "c"],
    ] as const)
      await add(id, key);
    await clock.pass(10);
    expect([runs.map(({ id }) => id), worker.busy]).toEqual([["a1", "b1"], 2]);
    runs[0]?.end();
    await clock.pass(10);
    expect(runs.map(({ id }) => id)).toEqual(["a1", "b1", "c1"]);
    runs[1]?.end();
    await clock.pass(10);
    expect(runs.map(({ id }) => id)).toEqual(["a1", "b1", "c1", "a2"]);
  });

  it("asks for the next jobs while the last are being settled: once for all that end together, and for twice its concurrency at most", async () => {
    const calls: string[] = [];
    const answers: (() => void)[] = [];
    const { clock, runs, add } = make({
      concurrency: 2,
      queue: (queue) => ({
        claim(asked) {
          calls.push(`claim ${asked.limit}`);
          return queue.claim(asked);
        },
        async ack(claim) {
          calls.push(`ack ${claim.id}`);
          await new Promise<void>((resolve) => answers.push(resolve));
          return queue.ack(claim);
        },
      }),
    });
    for (const id of ["a", "b", "c", "d", "e"]) await add(id);
    await clock.pass(10);
    calls.length = 0;
    for (const run of runs.slice()) run.end();
    await clock.pass(10);
    expect(calls).toEqual(["ack a", "ack b", "claim 2"]);
    for (const run of runs.slice(2)) run.end();
    await clock.pass(10);
    expect(calls.slice(3)).toEqual(["ack c", "ack d"]);
    for (const answer of answers) answer();
    await clock.pass(10);
    expect(runs.map(({ id }) => id)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("asks once where it is given less than it asked for, and again at a hint", async () => {
    let claims = 0;
    const { clock, runs, add } = make({
      queue: (queue) => ({
        claim(asked) {
          claims += 1;
          return queue.claim(asked);
        },
      }),
      pollMs: 60_000,
    });
    await clock.pass(10);
    expect(claims).toBe(1);
    await add("a");
    await clock.pass(10);
    expect([claims, runs.length]).toEqual([2, 1]);
    await add("b");
    await clock.pass(10);
    expect([claims, runs.length]).toEqual([3, 2]);
  });

  it("keeps the leases of long jobs alive", async () => {
    const { clock, runs, add } = make();
    await add("a");
    await clock.pass(100_000);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.signal.aborted).toBe(false);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("down"))],
    ["never answers", () => new Promise<never>(() => undefined)],
  ])("a store that %s when asked to extend ends the job before its lease does", async (_, extend) => {
    const { clock, runs, add } = make({ queue: () => ({ extend }) });
    await add("a");
    await clock.pass(10);
    await clock.pass(4000);
    expect(runs[0]?.signal.aborted).toBe(false);
    await clock.pass(1900);
    expect(runs[0]?.signal.aborted).toBe(true);
  });

  it("a job whose lease is another's is told at once", async () => {
    const { clock, runs, add } = make({ queue: () => ({ extend: async () => "stale" }) });
    await add("a");
    await clock.pass(3100);
    expect(runs[0]?.signal.aborted).toBe(true);
  });

  it("goes on after a store that failed, without a storm of calls", async () => {
    let claims = 0;
    const { clock, runs, failures, add } = make({
      queue: (queue) => ({
        claim: (asked) => (++claims <= 5 ? Promise.reject(new Error("down")) : queue.claim(asked)),
        wait: () => Promise.reject(new Error("down")),
      }),
      pollMs: 100,
    });
    await add("a");
    await clock.pass(450);
    expect([claims, failures.length]).toEqual([5, 5]);
    await clock.pass(100);
    expect(runs).toHaveLength(1);
  });

  it("stop takes no more, waits for what is in hand, and no longer", async () => {
    const { clock, runs, worker, add } = make();
    await add("a");
    await clock.pass(10);
    let stopped = false;
    const stopping = worker.stop(5000).then(() => (stopped = true));
    await add("b");
    await clock.pass(1000);
    expect([runs.length, stopped]).toEqual([1, false]);
    runs[0]?.end();
    await clock.pass(1);
    expect(stopped).toBe(true);
    await stopping;
  });

  it("stop gives back what does not end, uncounted and free at once, and its run is told", async () => {
    const { clock, real, runs, worker, add } = make();
    await add("a");
    await clock.pass(10);
    const stopping = worker.stop(5000);
    await clock.pass(5000);
    await stopping;
    expect(runs[0]?.signal.aborted).toBe(true);
    const [again] = await real.claim({ limit: 1, leaseMs: 1000, worker: "other" });
    expect(again).toMatchObject({ id: "a", attempts: 1, crashes: 0 });
    // Too late: the job is another's now.
    expect(await real.ack(runs[0]?.claim as Claim)).toBe("stale");
  });

  it("stop gives back what a claim under way brings", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { clock, real, runs, worker, add } = make({
      queue: (queue) => ({ claim: async (asked) => (await gate, queue.claim(asked)) }),
    });
    await add("a");
    const stopping = worker.stop(1000);
    release();
    await clock.pass(10);
    await stopping;
    expect(runs).toHaveLength(0);
    expect(await real.claim({ limit: 1, leaseMs: 1000, worker: "other" })).toHaveLength(1);
  });

  describe("idle", () => {
    it("waits for what is in hand and for what follows it, though the store gives no hints", async () => {
      const { clock, runs, worker, add } = make({
        // A store that polls, and never in time.
        queue: () => ({ wait: (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())) }),
      });
      await clock.pass(10);
      await add("a1", "a");
      await add("a2", "a");
      let idle = false;
      const waiting = worker.idle().then(() => (idle = true));
      await clock.pass(10);
      expect([runs.length, idle]).toEqual([1, false]);
      runs[0]?.end();
      await clock.pass(10);
      expect([runs.length, idle]).toEqual([2, false]);
      runs[1]?.end();
      await clock.pass(10);
      expect(idle).toBe(true);
      await waiting;
    });

    it("does not wait for jobs that wait themselves", async () => {
      const { clock, real, runs, worker, add } = make();
      await add("a1", "a");
      await add("a2", "a");
      await clock.pass(10);
      await real.nack(runs[0]?.claim as Claim, { delayMs: 3_600_000 });
      runs[0]?.end();
      await worker.idle();
      expect(runs).toHaveLength(1);
    });

    it("is over when the worker stops", async () => {
      const { clock, worker, add } = make();
      await add("a");
      await clock.pass(10);
      const waiting = worker.idle();
      const stopping = worker.stop(100);
      await clock.pass(200);
      expect(await Promise.all([waiting, stopping, worker.idle()])).toHaveLength(3);
    });
  });
});

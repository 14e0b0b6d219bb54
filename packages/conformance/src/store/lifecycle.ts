import assert from "node:assert/strict";
import { answerInTime, needsFailure, resumeWork } from "./outage.ts";
import { claim, claimOne, hasCode, job, jobs, needsDurability, queueDefaults, type StoreStatement } from "./subject.ts";

/** N, G and U: figures, life and failure. */
export const lifecycleStatements: readonly StoreStatement[] = [
  {
    id: "N-1",
    says: "ready, leased, delayed, scheduled and dead add up to what was inserted and is not done",
    async check(subject) {
      const { store, advance } = subject;
      const inbox = subject.queue();
      const runAt = (await store.now()) + 60_000;
      await inbox.enqueue([...jobs(20, "j", 5), job("s", "s", { runAt }), job("last", "last")]);
      const claims = await claim(inbox, 5, 10_000);
      const [a, b, c, d] = claims;
      assert.ok(a && b && c && d);
      await inbox.ack(a);
      await inbox.nack(b, { delayMs: 5_000 });
      await inbox.dead(c, { reason: "no" });
      assert.equal(await inbox.cancel("s"), true);
      assert.equal(await inbox.cancel("j19"), true);
      assert.equal(await inbox.cancel(d.id), false, "it is being run");
      assert.equal(await inbox.cancel("unknown"), false);
      assert.deepEqual(await inbox.enqueue([job("s")]), ["duplicate"], "cancelled: remembered like a finished one");
      const expected = { ready: 15, scheduled: 0, leased: 2, delayed: 1, dead: 1, lanes: 6, haltedLanes: 0 };
      const { oldestReadyAgeMs: _, ...stats } = await inbox.stats();
      assert.deepEqual(stats, expected);
      await advance(10_001);
      const later = await inbox.stats();
      assert.deepEqual([later.ready, later.leased, later.delayed], [18, 0, 0]);
      if (needsDurability(subject.options) === undefined) {
        await subject.reopen();
        const { oldestReadyAgeMs: __, ...again } = await subject.queue().stats();
        assert.deepEqual(again, { ...expected, ready: 18, leased: 0, delayed: 0 });
      }
    },
  },
  {
    id: "N-2",
    says: "oldestReadyAgeMs is how long the lane has waited that has waited longest, exact to a second",
    async check({ queue, advance }) {
      const inbox = queue();
      assert.equal((await inbox.stats()).oldestReadyAgeMs, 0);
      await inbox.enqueue([job("a", "a")]);
      await advance(1_500);
      await inbox.enqueue([job("b", "b")]);
      await advance(1_500);
      const { oldestReadyAgeMs } = await inbox.stats();
      assert.ok(oldestReadyAgeMs >= 2_500 && oldestReadyAgeMs <= 3_500, String(oldestReadyAgeMs));
      await claimOne(inbox, 60_000);
      assert.ok((await inbox.stats()).oldestReadyAgeMs <= 2_000);
    },
  },
  {
    id: "N-3",
    says: "stats take at most 50 ms, however many jobs there are",
    async check({ queue, volume }) {
      const inbox = queue();
      const count = volume(20_000);
      for (let i = 0; i < count; i += 1_000) await inbox.enqueue(jobs(1_000, `b${i}-`, 1_000));
      let ms = Infinity;
      // The machine may be busy with something else; it is not fifty times in a row.
      for (let i = 0; i < 50 && ms > 50; i += 1) {
        const before = performance.now();
        assert.equal((await inbox.stats()).ready, Math.ceil(count / 1_000) * 1_000);
        ms = performance.now() - before;
      }
      assert.ok(ms <= 50, `${ms} ms`);
    },
  },
  {
    id: "G-1",
    says: "migrate may run many times at once, and again",
    async check({ store, queue }) {
      await Promise.all(Array.from({ length: 10 }, () => store.migrate()));
      await queue().enqueue([job("a")]);
      await store.migrate();
      assert.equal((await queue().stats()).ready, 1);
    },
  },
  {
    id: "G-2",
    says: "data of a newer version is refused",
    waived: (options) =>
      needsDurability(options) ?? (options.age === undefined ? "no way was given to make the data look newer" : undefined),
    async check(subject) {
      await subject.store.close();
      await subject.options.age?.(subject.place);
      await assert.rejects(subject.openAt(subject.place), hasCode("store.newer"));
    },
  },
  {
    id: "G-3",
    says: "after close nothing is written, everything rejects with store.closed, and waiting ends; what was called before is done",
    async check(subject) {
      const { store } = subject;
      const inbox = subject.queue();
      await inbox.enqueue([job("a")]);
      const one = await claimOne(inbox);
      const idle = inbox.wait(new AbortController().signal, 3_600_000);
      await store.health();
      const last = inbox.enqueue([job("b")]);
      await Promise.all([store.close(), store.close()]);
      const patience = new Promise((resolve) => void setTimeout(resolve, 5_000, "still waiting"));
      assert.equal(await Promise.race([idle, patience]), undefined);
      const lateCalls = [
        () => inbox.ack(one),
        () => inbox.enqueue([job("c")]),
        () => claim(inbox),
        () => inbox.stats(),
        () => store.kv.get("a"),
        () => store.kv.set("a", new Uint8Array(1)),
        () => store.limiter.penalize("a", 1),
        () => store.leases.acquire("a", { holder: "h", ttlMs: 1_000 }),
        () => store.now(),
        () => store.migrate(),
      ];
      for (const call of lateCalls) await assert.rejects(call(), hasCode("store.closed"), String(call));
      assert.deepEqual(await last, ["inserted"]);
      if (needsDurability(subject.options) !== undefined) return;
      const again = (await subject.openAt(subject.place)).queue("inbox", queueDefaults);
      assert.deepEqual(
        (await again.peek("k", 10)).map(({ id }) => id),
        ["b"],
      );
    },
  },
  {
    id: "G-4",
    says: "wait is a hint: it ends on work, on its signal and on time; with work at hand it does not wait",
    async check({ queue, store, advance, soon, options }) {
      const inbox = queue();
      const quick = options.caps.push ? 0 : 1_000;
      const ends = async (start: (signal: AbortSignal) => void, maxMs = 60_000, tries = 3): Promise<void> => {
        const stop = new AbortController();
        let over = false;
        const waiting = inbox.wait(stop.signal, maxMs).then(() => (over = true));
        await store.health();
        await advance(1);
        // A hint about what was done before may still have been on its way.
        if (over && tries > 1) return ends(start, maxMs, tries - 1);
        assert.equal(over, false);
        start(stop.signal);
        if (maxMs === 60_000) {
          await store.health();
          await advance(quick);
        } else await advance(maxMs);
        assert.equal(await soon(() => over), true);
        stop.abort();
        await waiting;
      };
      await ends(() => void inbox.enqueue([job("a")]));
      await inbox.wait(new AbortController().signal, 3_600_000);
      const one = await claimOne(inbox, 600_000);
      await ends(() => void inbox.nack(one, { delayMs: 0 }));
      await claimOne(inbox, 600_000);
      await ends(() => {}, 500);
      const stop = new AbortController();
      const waiting = inbox.wait(stop.signal, 3_600_000);
      stop.abort();
      await waiting;
    },
  },
  {
    id: "U-1",
    says: "a call that the engine does not answer rejects with store.unavailable in time",
    waived: needsFailure,
    async check(subject) {
      if (subject.options.network !== undefined) await answerInTime(subject);
      if (subject.options.stall === undefined) return;
      const inbox = subject.queue();
      const resume = await subject.options.stall(subject.store);
      const pending = assert.rejects(inbox.enqueue([job("a")]), hasCode("store.unavailable"));
      await subject.advance(5_100);
      await pending;
      await resume();
    },
  },
  {
    id: "U-2",
    says: "when the engine answers again, work goes on without a restart",
    waived: needsFailure,
    async check(subject) {
      if (subject.options.network !== undefined) await resumeWork(subject);
      if (subject.options.stall === undefined) return;
      const inbox = subject.queue();
      const goOn = await subject.options.stall(subject.store);
      await goOn();
      assert.deepEqual(await inbox.enqueue([job("a")]), ["inserted"]);
    },
  },
  {
    id: "U-3",
    says: "a store for one process refuses a second one at once with store.busy",
    waived: ({ caps, rival }) =>
      caps.multiProcess
        ? "many processes may share it"
        : rival === undefined
          ? "it lies in the memory of its process"
          : undefined,
    async check({ options, place, queue }) {
      assert.equal(await options.rival?.(place), "store.busy");
      assert.deepEqual(await queue().enqueue([job("a")]), ["inserted"], "the first one goes on");
    },
  },
  {
    id: "U-4",
    says: "Redis: all keys of a store lie in one hash slot",
    waived: () => "concerns the layout of a Redis store",
    check: () => Promise.reject(new Error("U-4 is tested beside the Redis store.")),
  },
  {
    id: "U-5",
    says: "Postgres: heads are read after their lanes are locked",
    waived: () => "concerns the layout of a Postgres store",
    check: () => Promise.reject(new Error("U-5 is tested beside the Postgres store.")),
  },
];

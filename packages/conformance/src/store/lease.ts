import assert from "node:assert/strict";
import { needsFailure, stopHolder } from "./outage.ts";
import type { StoreStatement, StoreSubject } from "./subject.ts";

/** Lets time pass in small steps, with an answer of the store after each: in dozens of them a renewal comes through, even late. */
async function pass({ advance, store, options }: StoreSubject, ms: number): Promise<void> {
  const step = options.ownClock === true ? ms : 20;
  for (let passed = 0; passed < ms; passed += step) {
    await advance(step);
    await store.health();
    if (options.ownClock !== true) await advance(0);
  }
}

/** M: to be the only one. */
export const leaseStatements: readonly StoreStatement[] = [
  {
    id: "M-1",
    says: "a lease has one holder at a time",
    async check(subject) {
      const { leases } = subject.store;
      const tries = await Promise.all(
        Array.from({ length: 20 }, (_, i) => leases.acquire("line", { holder: `h${i}`, ttlMs: 1_000 })),
      );
      const [mine, ...others] = tries.filter((lease) => lease !== undefined);
      assert.ok(mine !== undefined && others.length === 0);
      assert.equal(await leases.acquire("line", { holder: "h0", ttlMs: 1_000 }), undefined, "nor the same holder again");
      assert.ok((await leases.acquire("other line", { holder: "h0", ttlMs: 1_000 })) !== undefined);
      await pass(subject, 3_000);
      assert.equal(mine.lost.aborted, false, "renewed");
      assert.equal(await leases.acquire("line", { holder: "late", ttlMs: 1_000 }), undefined);
    },
  },
  {
    id: "M-2",
    says: "each acquisition has a greater fence",
    async check({ store: { leases } }) {
      let fence = 0;
      for (let i = 0; i < 5; i += 1) {
        const lease = await leases.acquire("line", { holder: "h", ttlMs: 1_000 });
        assert.ok(lease !== undefined && lease.fence > fence);
        fence = lease.fence;
        await lease.release();
      }
    },
  },
  {
    id: "M-3",
    says: "who has released or lost a lease does not disturb the next holder",
    async check(subject) {
      const { leases } = subject.store;
      const first = await leases.acquire("line", { holder: "a", ttlMs: 1_000 });
      await first?.release();
      const second = await leases.acquire("line", { holder: "b", ttlMs: 1_000 });
      assert.ok(second !== undefined);
      await first?.release();
      await pass(subject, 2_000);
      assert.equal(second.lost.aborted, false);
      assert.equal(await leases.acquire("line", { holder: "c", ttlMs: 1_000 }), undefined);
    },
  },
  {
    id: "M-4",
    says: "a holder that cannot renew hears of it before anybody else can have the lease",
    waived: ({ ownClock }) => (ownClock === true ? "needs a clock that can be moved past a renewal" : undefined),
    async check({ options, clock, place }) {
      // A process that was stopped: its timers come late, all at once.
      let asleep = 0;
      const sleepy = {
        now: () => clock.now(),
        after: (ms: number, run: () => void) => clock.after(ms + asleep, run),
      };
      const store = await options.open({ clock: sleepy, place: `${place}/sleepy` });
      await store.migrate();
      asleep = 10_000;
      const lease = await store.leases.acquire("line", { holder: "a", ttlMs: 1_000 });
      assert.ok(lease !== undefined);
      let heardAt = Infinity;
      lease.lost.addEventListener("abort", () => (heardAt = clock.now()));
      const start = clock.now();
      await clock.advance(10_800);
      assert.ok(lease.lost.aborted, "it hears of the loss with the first timer after its sleep");
      assert.ok(heardAt <= start + 10_800);
      await store.close();
    },
  },
  {
    id: "M-5",
    says: "after a release the lease is free at once, after a loss when its time is over",
    async check(subject) {
      const { store, options } = subject;
      const lease = await store.leases.acquire("line", { holder: "a", ttlMs: 1_000 });
      await lease?.release();
      assert.equal(lease?.lost.aborted, false, "given back, not lost");
      const next = await store.leases.acquire("line", { holder: "b", ttlMs: 1_000 });
      assert.ok(next !== undefined);
      if (options.caps.durable === "none") return;
      await subject.reopen();
      assert.equal(next.lost.aborted, true, "a closed store renews nothing");
      await subject.advance(1_001);
      assert.ok((await subject.store.leases.acquire("line", { holder: "c", ttlMs: 1_000 })) !== undefined);
    },
  },
  {
    id: "M-6",
    says: "when the store is out of reach for longer than the lease, its holder stops",
    waived: needsFailure,
    async check(subject) {
      const { store, options, clock } = subject;
      if (options.network !== undefined) await stopHolder(subject);
      if (options.stall === undefined) return;
      const lease = await store.leases.acquire("line", { holder: "a", ttlMs: 1_000 });
      const resume = await options.stall(store);
      const start = clock.now();
      let heardAt = Infinity;
      lease?.lost.addEventListener("abort", () => (heardAt = clock.now()));
      for (let i = 0; i < 10 && lease?.lost.aborted === false; i += 1) await subject.advance(100);
      await resume();
      assert.ok(heardAt <= start + 800, `heard after ${heardAt - start} ms of 1,000`);
    },
  },
  {
    id: "M-7",
    says: "what two leaders must not both write carries the fence",
    async check(subject) {
      const { kv, leases } = subject.store;
      const note = (fence: number, offset: number): Uint8Array => new TextEncoder().encode(JSON.stringify({ fence, offset }));
      const old = (await leases.acquire("line", { holder: "a", ttlMs: 1_000 })) ?? assert.fail();
      const first = await kv.set("offset", note(old.fence, 1), { ifVersion: 0 });
      assert.ok(first !== false);
      await old.release();
      const next = (await leases.acquire("line", { holder: "b", ttlMs: 1_000 })) ?? assert.fail();
      const found = (await kv.get("offset")) ?? assert.fail();
      assert.ok(next.fence > (JSON.parse(new TextDecoder().decode(found.value)) as { fence: number }).fence);
      assert.notEqual(await kv.set("offset", note(next.fence, 2), { ifVersion: found.version }), false);
      assert.equal(await kv.set("offset", note(old.fence, 3), { ifVersion: first }), false, "the old leader comes too late");
      assert.deepEqual((await kv.get("offset"))?.value, note(next.fence, 2));
    },
  },
];

import assert from "node:assert/strict";
import { claim, claimOne, job, jobs, needsDurability, type StoreStatement } from "./subject.ts";

/** C: claims, leases and fences. What needs a dead process is with durability. */
export const claimStatements: readonly StoreStatement[] = [
  {
    id: "C-1",
    says: "attempts count claims, those that came to nothing too",
    async check(subject) {
      const { queue, advance } = subject;
      await queue().enqueue([job("a")]);
      assert.equal((await claimOne(queue(), 1_000)).attempts, 1);
      await advance(1_001);
      assert.equal((await claimOne(queue(), 1_000)).attempts, 2);
      await advance(1_001);
      if (subject.options.caps.durable !== "none") await subject.reopen();
      const third = await claimOne(subject.queue());
      assert.deepEqual([third.attempts, third.crashes], [3, 2]);
    },
  },
  {
    id: "C-2",
    says: "after its lease a job is claimable again, with a greater fence",
    async check(subject) {
      const rounds = subject.volume(200);
      await subject.queue().enqueue([job("a")]);
      let fence = 0;
      for (let i = 0; i < rounds; i += 1) {
        if (i === rounds >> 1 && subject.options.caps.durable !== "none") await subject.reopen();
        const inbox = subject.queue();
        const one = await claimOne(inbox, 10);
        assert.ok(one.fence > fence, `fence ${one.fence} after ${fence}`);
        fence = one.fence;
        if (i === 0) assert.deepEqual(await claim(inbox), [], "not before the lease is over");
        await subject.advance(11);
      }
    },
  },
  {
    id: "C-3",
    says: "with a superseded fence everything is stale and has no effect, chained jobs and values included",
    async check({ queue, advance, store }) {
      const inbox = queue();
      const outbox = queue({}, "outbox");
      await inbox.enqueue([job("a")]);
      const old = await claimOne(inbox, 10);
      await advance(11);
      const now = await claimOne(inbox, 60_000);
      const effects = { then: [{ queue: "outbox", ...job("o") }], kv: [{ key: "v", value: new Uint8Array(1) }] };
      assert.equal(await inbox.ack(old, effects), "stale");
      assert.equal(await inbox.nack(old, { delayMs: 0 }), "stale");
      assert.equal(await inbox.extend(old, 1), "stale");
      assert.equal(await inbox.dead(old, { reason: "late" }), "stale");
      assert.equal((await outbox.stats()).ready, 0);
      assert.equal(await store.kv.get("v"), undefined);
      assert.equal((await inbox.stats()).dead, 0);
      assert.deepEqual(await claim(inbox), [], "the lease of the new claim is untouched");
      assert.equal(await inbox.ack(now), "ok");
    },
  },
  {
    id: "C-4",
    says: "an ack after the lease but before another claim is all or nothing",
    async check({ queue, advance }) {
      const inbox = queue();
      const outbox = queue({}, "outbox");
      await inbox.enqueue([job("a")]);
      const one = await claimOne(inbox, 10);
      await advance(11);
      const result = await inbox.ack(one, { then: [{ queue: "outbox", ...job("o") }] });
      assert.ok(result === "ok" || result === "stale");
      assert.equal((await outbox.stats()).ready, result === "ok" ? 1 : 0);
      assert.equal((await inbox.stats()).ready, result === "ok" ? 0 : 1);
    },
  },
  {
    id: "C-5",
    says: "a second ack is stale and never rejects",
    async check({ queue }) {
      const inbox = queue();
      await inbox.enqueue(jobs(2));
      const one = await claimOne(inbox);
      assert.deepEqual(await Promise.all([inbox.ack(one), inbox.ack(one)]), ["ok", "stale"]);
      assert.equal(await inbox.ack(one), "stale");
      assert.equal((await claimOne(inbox)).id, "j1");
    },
  },
  {
    id: "C-6",
    says: "extend counts from now, not from the old expiry",
    async check({ queue, advance }) {
      const inbox = queue();
      await inbox.enqueue([job("a")]);
      const one = await claimOne(inbox, 1_000);
      await advance(600);
      assert.equal(await inbox.extend(one, 1_000), "ok");
      await advance(900);
      assert.deepEqual(await claim(inbox), [], "1,500 ms after the claim, 900 after the extension");
      await advance(200);
      assert.equal((await claimOne(inbox)).attempts, 2);
    },
  },
  {
    id: "C-7",
    says: "leases are judged by the store's clock alone",
    waived: ({ ownClock }) => (ownClock === true ? "the store's clock cannot be set apart from ours here" : undefined),
    async check({ queue, advance }) {
      const inbox = queue();
      await inbox.enqueue([job("a")]);
      await claimOne(inbox, 5);
      await new Promise((resolve) => void setTimeout(resolve, 20));
      assert.deepEqual(await claim(inbox), [], "the clock of the machine ran on, that of the store did not");
      await advance(6);
      assert.equal((await claim(inbox)).length, 1);
    },
  },
  {
    id: "C-9",
    says: "a fence is unique in the store, over queues, leases and restarts",
    async check(subject) {
      const fences: number[] = [];
      for (let i = 0; i < 3; i += 1) {
        for (const name of ["one", "two"]) {
          await subject.queue({}, name).enqueue([job(`j${i}`)]);
          const one = await claimOne(subject.queue({}, name));
          fences.push(one.fence);
          await subject.queue({}, name).ack(one);
        }
        const lease = await subject.store.leases.acquire("line", { holder: "suite", ttlMs: 60_000 });
        fences.push(lease?.fence ?? 0);
        await lease?.release();
        if (needsDurability(subject.options) === undefined) await subject.reopen();
      }
      assert.deepEqual(
        fences,
        [...new Set(fences)].toSorted((a, b) => a - b),
      );
      assert.ok(fences.every((fence) => fence > 0));
    },
  },
];

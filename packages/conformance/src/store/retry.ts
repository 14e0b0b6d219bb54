import assert from "node:assert/strict";
import { claim, claimOne, drain, job, jobs, type StoreStatement } from "./subject.ts";

/** R: jobs that have to be tried again. */
export const retryStatements: readonly StoreStatement[] = [
  {
    id: "R-1",
    says: "a nacked job stays at the head; with onRetry block nothing of its lane overtakes it",
    async check({ queue, advance }) {
      const inbox = queue();
      await inbox.enqueue(jobs(2));
      await inbox.nack(await claimOne(inbox), { delayMs: 500 });
      await advance(490);
      assert.deepEqual(await claim(inbox), []);
      await advance(20);
      assert.deepEqual(await drain(inbox), ["j0", "j1"]);
    },
  },
  {
    id: "R-2",
    says: "other lanes do not wait for a nacked one",
    async check({ queue }) {
      const inbox = queue();
      await inbox.enqueue([job("a", "a"), job("b", "b")]);
      await inbox.nack(await claimOne(inbox), { delayMs: 60_000 });
      assert.deepEqual(await drain(inbox), ["b"]);
    },
  },
  {
    id: "R-3",
    says: "with onRetry yield a nacked job leaves its lane and comes back at the tail",
    async check({ queue, advance }) {
      const inbox = queue({ onRetry: "yield" });
      await inbox.enqueue([job("a"), job("b"), job("c")]);
      const one = await claimOne(inbox);
      assert.equal(await inbox.nack(one, { delayMs: 500, error: "later" }), "ok");
      assert.equal((await inbox.stats()).scheduled, 1);
      await inbox.ack(await claimOne(inbox));
      await advance(510);
      const ids: string[] = [];
      for (const attempts of [1, 2]) {
        const next = await claimOne(inbox);
        ids.push(next.id);
        assert.equal(next.attempts, attempts);
        await inbox.ack(next);
      }
      assert.deepEqual(ids, ["c", "a"]);
    },
  },
  {
    id: "R-4",
    says: "countAttempt false consumes no attempt",
    async check({ queue, volume }) {
      const inbox = queue({ maxAttempts: 3 });
      await inbox.enqueue([job("a")]);
      for (let i = 0; i < volume(200); i += 1) {
        const one = await claimOne(inbox);
        assert.equal(one.attempts, 1);
        assert.equal(await inbox.nack(one, { delayMs: 0, countAttempt: false }), "ok");
      }
      assert.equal((await inbox.stats()).dead, 0);
    },
  },
  {
    id: "R-5",
    says: "a nack with no attempts left makes the job dead, in the same step",
    async check({ queue }) {
      const inbox = queue({ maxAttempts: 2 });
      await inbox.enqueue(jobs(2));
      assert.equal(await inbox.nack(await claimOne(inbox), { delayMs: 0, error: "one" }), "ok");
      assert.equal(await inbox.nack(await claimOne(inbox), { delayMs: 0, error: "two" }), "dead");
      const [dead] = await inbox.listDead({ limit: 10 });
      assert.deepEqual([dead?.id, dead?.reason, dead?.error, dead?.attempts], ["j0", "exhausted", "two", 2]);
      assert.equal((await claimOne(inbox)).id, "j1");
    },
  },
  {
    id: "R-6",
    says: "a job whose claims end by expiry maxCrashes times is dead as poison without being run again",
    async check({ queue, advance }) {
      const inbox = queue({ maxCrashes: 3 });
      await inbox.enqueue(jobs(2));
      for (let i = 0; i < 3; i += 1) {
        const one = await claimOne(inbox, 10);
        assert.deepEqual([one.id, one.crashes], ["j0", i]);
        await advance(11);
      }
      assert.equal((await claimOne(inbox)).id, "j1", "the lane moves on");
      const [dead] = await inbox.listDead({ limit: 10 });
      assert.deepEqual([dead?.id, dead?.reason, dead?.attempts], ["j0", "poison", 3]);
    },
  },
  {
    id: "R-7",
    says: "backoff is computed by the caller: the store waits as long as it is told",
    async check({ queue, advance }) {
      const inbox = queue();
      await inbox.enqueue([job("a")]);
      for (const delayMs of [400, 1_300, 0, 700]) {
        await inbox.nack(await claimOne(inbox, 60_000), { delayMs });
        if (delayMs > 0) {
          await advance(delayMs - 150);
          assert.deepEqual(await claim(inbox), [], `${delayMs} ms are not over`);
          await advance(151);
        }
      }
      assert.equal((await claimOne(inbox)).attempts, 5);
    },
  },
];

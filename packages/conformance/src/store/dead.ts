import assert from "node:assert/strict";
import { claim, claimOne, drain, job, jobs, type StoreStatement } from "./subject.ts";

/** D: dead letters. */
export const deadStatements: readonly StoreStatement[] = [
  {
    id: "D-1",
    says: "dead takes the job out of its lane at once, and the next may run",
    async check({ queue }) {
      const inbox = queue();
      await inbox.enqueue(jobs(2));
      assert.equal(await inbox.dead(await claimOne(inbox), { reason: "no" }), "ok");
      assert.equal((await claimOne(inbox)).id, "j1");
      assert.equal((await inbox.stats()).dead, 1);
    },
  },
  {
    id: "D-2",
    says: "with onDead halt the lane stands still until resume, replay or discard",
    async check({ queue }) {
      const inbox = queue({ onDead: "halt" });
      const halt = async (id: string): Promise<void> => {
        await inbox.enqueue([job(id), job(`${id}-next`)]);
        await inbox.dead(await claimOne(inbox), { reason: "no" });
        assert.deepEqual(await claim(inbox), [], `${id} halts the lane`);
        assert.deepEqual(await inbox.enqueue([job(`${id}-last`)]), ["inserted"]);
        assert.equal((await inbox.stats()).haltedLanes, 1);
      };
      await halt("a");
      assert.equal(await inbox.resume("k"), true);
      assert.equal(await inbox.resume("k"), false);
      assert.deepEqual(await drain(inbox), ["a-next", "a-last"]);
      await halt("b");
      assert.equal(await inbox.replay(["b"]), 1);
      assert.deepEqual(await drain(inbox), ["b-next", "b-last", "b"]);
      await halt("c");
      assert.equal(await inbox.discard(["c"]), 1);
      assert.deepEqual(await drain(inbox), ["c-next", "c-last"]);
      assert.equal((await inbox.stats()).haltedLanes, 0);
    },
  },
  {
    id: "D-3",
    says: "a dead job keeps payload, headers, attempts and the last error, cut to 4 KiB",
    async check({ queue, store }) {
      const inbox = queue();
      await inbox.enqueue([job("a", "k", { payload: "P", headers: { trace: "t" } }), job("b", "k")]);
      const one = await claimOne(inbox);
      await inbox.nack(one, { delayMs: 0, error: "first" });
      await inbox.dead(await claimOne(inbox), { reason: "no", error: "ä".repeat(3_000) });
      await inbox.nack(await claimOne(inbox), { delayMs: 0, error: "kept" });
      await inbox.dead(await claimOne(inbox), { reason: "no" });
      const [a, b] = await inbox.listDead({ limit: 10 });
      assert.deepEqual(
        [a?.queue, a?.key, a?.id, a?.payload, a?.headers, a?.attempts, a?.reason],
        ["inbox", "k", "a", "P", { trace: "t" }, 2, "no"],
      );
      assert.equal(a?.error, "ä".repeat(2_048));
      assert.equal(b?.error, "kept");
      assert.ok((a?.diedAt ?? 0) >= (a?.enqueuedAt ?? Infinity) && (a?.diedAt ?? 0) <= (await store.now()));
    },
  },
  {
    id: "D-4",
    says: "replay brings a job back once, with its id, without attempts, at the tail or in front",
    async check({ queue }) {
      const inbox = queue();
      await inbox.enqueue(jobs(4));
      for (let i = 0; i < 2; i += 1) await inbox.dead(await claimOne(inbox), { reason: "no" });
      const replays = await Promise.all([inbox.replay(["j0"]), inbox.replay(["j0"]), inbox.replay(["unknown"])]);
      assert.equal(
        replays.reduce((sum, n) => sum + n, 0),
        1,
      );
      assert.equal(await inbox.replay(["j1"], { front: true }), 1);
      const one = await claimOne(inbox);
      assert.deepEqual([one.id, one.attempts], ["j1", 1]);
      await inbox.ack(one);
      assert.deepEqual(await drain(inbox), ["j2", "j3", "j0"]);
      assert.deepEqual(await inbox.listDead({ limit: 10 }), []);

      await inbox.enqueue([job("old"), job("tried")]);
      await inbox.dead(await claimOne(inbox), { reason: "no" });
      await inbox.nack(await claimOne(inbox), { delayMs: 0, error: "once" });
      await inbox.replay(["old"], { front: true });
      await inbox.ack(await claimOne(inbox));
      const tried = await claimOne(inbox);
      assert.deepEqual([tried.id, tried.attempts], ["tried", 2], "overtaken, it keeps its count");
      await inbox.dead(tried, { reason: "no" });
      assert.equal((await inbox.listDead({ limit: 10 }))[0]?.error, "once");
    },
  },
  {
    id: "D-5",
    says: "the id of a dead job stays a duplicate",
    async check({ queue, advance }) {
      const inbox = queue({ dedupeTtlMs: 10 });
      await inbox.enqueue([job("a")]);
      await inbox.dead(await claimOne(inbox), { reason: "no" });
      await advance(100);
      assert.deepEqual(await inbox.enqueue([job("a")]), ["duplicate"]);
      await inbox.discard(["a"]);
      assert.deepEqual(await inbox.enqueue([job("a")]), ["duplicate"], "discarded: remembered like a finished one");
      await advance(20);
      assert.deepEqual(await inbox.enqueue([job("a")]), ["inserted"]);
    },
  },
  {
    id: "D-6",
    says: "dead jobs are never purged unless asked for; their count is exact; listDead pages by id",
    async check({ queue, advance, volume }) {
      const inbox = queue({ dedupeTtlMs: 10 });
      const count = volume(25);
      await inbox.enqueue([
        ...Array.from({ length: count }, (_, i) => job(`d${String(i).padStart(3, "0")}`, `k${i % 5}`)),
        job("ok"),
      ]);
      for (const each of await claim(inbox, 1)) await inbox.nack(each, { delayMs: 0, countAttempt: false });
      for (let left = count; left > 0;) {
        for (const each of await claim(inbox, 10)) {
          if (each.id === "ok") await inbox.ack(each);
          else left -= Number((await inbox.dead(each, { reason: "no" })) === "ok");
        }
      }
      await drain(inbox);
      await advance(1_000);
      assert.equal(await inbox.purge(), 1, "the id of the finished job");
      assert.equal((await inbox.stats()).dead, count);
      const ids: string[] = [];
      for (;;) {
        const page = await inbox.listDead({ limit: 10, ...(ids.length === 0 ? {} : { after: ids.at(-1) ?? "" }) });
        if (page.length === 0) break;
        ids.push(...page.map(({ id }) => id));
      }
      assert.deepEqual(
        ids,
        Array.from({ length: count }, (_, i) => `d${String(i).padStart(3, "0")}`),
      );
      assert.equal((await inbox.listDead({ limit: 1_000, key: "k0" })).length, Math.ceil(count / 5));
      assert.equal(await inbox.purge({ dead: true }), count);
      assert.equal((await inbox.stats()).dead, 0);
    },
  },
];

import assert from "node:assert/strict";
import { claim, claimOne, drain, hasCode, job, queueDefaults, type StoreStatement } from "./subject.ts";

/** S: jobs for later, and time itself. */
export const scheduleStatements: readonly StoreStatement[] = [
  {
    id: "S-1",
    says: "a job for later does not block its lane and joins the tail when due",
    async check({ queue, store, advance }) {
      const inbox = queue();
      const runAt = (await store.now()) + 400;
      await inbox.enqueue([job("later", "k", { runAt }), job("now")]);
      assert.equal((await inbox.stats()).scheduled, 1);
      assert.deepEqual(await drain(inbox), ["now"]);
      await inbox.enqueue([job("before")]);
      await advance(401);
      await inbox.enqueue([job("after")]);
      assert.deepEqual(await drain(inbox), ["before", "later", "after"]);
    },
  },
  {
    id: "S-2",
    says: "jobs due join in the order of runAt, then of their arrival",
    async check({ queue, store, advance }) {
      const inbox = queue();
      const now = await store.now();
      await inbox.enqueue([
        job("c", "k", { runAt: now + 300 }),
        job("a", "k", { runAt: now + 200 }),
        job("d", "k", { runAt: now + 300 }),
        job("b", "k", { runAt: now + 250 }),
      ]);
      await advance(301);
      assert.deepEqual(await drain(inbox), ["a", "b", "c", "d"]);
    },
  },
  {
    id: "S-3",
    says: "a worker that waits hears of a due job within a second, without other traffic",
    async check({ queue, store, advance, soon }) {
      const inbox = queue();
      const hear = async (tries: number): Promise<void> => {
        await inbox.enqueue([job(`later${tries}`, "k", { runAt: (await store.now()) + 2_000 })]);
        let heard = false;
        const waiting = inbox.wait(new AbortController().signal, 60_000).then(() => (heard = true));
        await store.health();
        await advance(1_900);
        // A hint about what was done before may still have been on its way.
        if (heard && tries > 1) {
          await advance(101);
          await inbox.ack(await claimOne(inbox));
          return hear(tries - 1);
        }
        assert.equal(heard, false, "nothing to do yet");
        for (let i = 0; i < 11 && !heard; i += 1) await advance(100);
        assert.equal(await soon(() => heard), true);
        await waiting;
        assert.equal((await claimOne(inbox)).id, `later${tries}`);
      };
      await hear(3);
    },
  },
  {
    id: "S-4",
    says: "runAt in the past is as if absent; more than 400 days ahead is refused",
    async check({ queue, store }) {
      const inbox = queue();
      const now = await store.now();
      const day = 86_400_000;
      await inbox.enqueue([job("past", "k", { runAt: now - day }), job("present", "k", { runAt: now })]);
      assert.deepEqual(await drain(inbox), ["past", "present"]);
      await assert.rejects(inbox.enqueue([job("far", "k", { runAt: now + 401 * day })]), hasCode("options.invalid"));
      assert.deepEqual(await inbox.enqueue([job("far", "k", { runAt: now + 399 * day })]), ["inserted"]);
    },
  },
  {
    id: "S-5",
    says: "a clock that steps back delays, never loses or doubles; now() never decreases",
    waived: ({ ownClock }) => (ownClock === true ? "the clock of the engine cannot be set from here" : undefined),
    async check(subject) {
      let offset = 0;
      const { clock, options } = subject;
      const steppable = { now: () => clock.now() + offset, after: clock.after };
      const place = `${subject.place}/stepped`;
      const store = await options.open({ clock: steppable, place });
      await store.migrate();
      await options.setTime?.(place, steppable.now());
      const inbox = store.queue("inbox", queueDefaults);
      const before = await store.now();
      await inbox.enqueue([job("a"), job("b", "k", { runAt: before + 500 })]);
      offset = -3_600_000;
      await options.setTime?.(place, steppable.now());
      assert.ok((await store.now()) >= before);
      // A store that follows the clock of its engine may have to wait until that has caught up.
      const early = options.setTime === undefined ? [await claimOne(inbox)] : await claim(inbox, 10);
      for (const one of early) assert.equal(await inbox.ack(one), "ok");
      assert.deepEqual(await inbox.enqueue([job("a")]), ["duplicate"]);
      await options.setTime?.(place, steppable.now() + 3_600_000 + 501);
      await clock.advance(3_600_000 + 501);
      assert.deepEqual([...early.map(({ id }) => id), ...(await drain(inbox))], ["a", "b"]);
      await store.close();
    },
  },
  {
    id: "S-6",
    says: "cancel removes a job that waits or is scheduled, never one in hand; its id stays known, and a head takes its backoff along",
    async check({ queue, store, advance }) {
      const inbox = queue({ dedupeTtlMs: 1_000 });
      await inbox.enqueue([job("head"), job("second"), job("third"), job("later", "k", { runAt: (await store.now()) + 60_000 })]);
      assert.equal(await inbox.cancel("later"), true);
      assert.equal(await inbox.cancel("second"), true);
      const head = await claimOne(inbox);
      assert.equal(await inbox.cancel("head"), false, "it is in hand");
      await inbox.nack(head, { delayMs: 60_000 });
      assert.deepEqual(await claim(inbox), []);
      assert.equal(await inbox.cancel("head"), true);
      assert.equal((await claimOne(inbox)).id, "third");
      assert.equal(await inbox.cancel("nobody"), false);
      assert.deepEqual(await inbox.enqueue([job("later"), job("second"), job("head")]), ["duplicate", "duplicate", "duplicate"]);
      await advance(1_001);
      assert.deepEqual(await inbox.enqueue([job("later")]), ["inserted"]);
      assert.equal((await inbox.stats()).scheduled, 0);
    },
  },
];

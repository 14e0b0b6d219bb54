import assert from "node:assert/strict";
import { repeatAfterCuts } from "./outage.ts";
import { claim, claimOne, drain, hasCode, job, jobs, needsDurability, type StoreStatement } from "./subject.ts";

/** E: what goes in. */
export const enqueueStatements: readonly StoreStatement[] = [
  {
    id: "E-1",
    says: "an id is unique per queue: a second enqueue is a duplicate and changes nothing",
    async check({ queue, volume }) {
      const inbox = queue();
      const ids = volume(100);
      const results = await Promise.all(
        Array.from({ length: 20 }, () =>
          Array.from({ length: ids }, (_, i) => inbox.enqueue([job(`id${i}`, `k${i % 10}`)])),
        ).flat(),
      );
      const flat = results.flat();
      assert.equal(flat.filter((result) => result === "inserted").length, ids);
      assert.equal(flat.filter((result) => result === "duplicate").length, ids * 19);
      const other = queue({}, "other");
      assert.deepEqual(await other.enqueue([job("id0")]), ["inserted"], "another queue, another space of ids");

      await other.enqueue([job("a"), job("b")]);
      assert.deepEqual(await other.enqueue([job("a", "elsewhere", { payload: "new", runAt: Date.UTC(2026, 5, 1) })]), [
        "duplicate",
      ]);
      const waiting = await other.peek("k", 10);
      assert.deepEqual(
        waiting.map(({ id, payload }) => [id, payload]),
        [
          ["id0", "payload of id0"],
          ["a", "payload of a"],
          ["b", "payload of b"],
        ],
      );
      assert.equal((await other.stats()).scheduled, 0);
    },
  },
  {
    id: "E-2",
    says: "it stays a duplicate until dedupeTtlMs after the job was done, and as long as the job waits, is scheduled or dead",
    async check({ queue, advance, store }) {
      const inbox = queue({ dedupeTtlMs: 1_000 });
      const later = (await store.now()) + 3_000;
      await inbox.enqueue([job("done", "a"), job("waiting", "b"), job("dead", "c"), job("scheduled", "d", { runAt: later })]);
      const claims = await claim(inbox, 10, 60_000);
      const find = (id: string) => claims.find((each) => each.id === id) ?? assert.fail(`${id} was not claimed`);
      await inbox.ack(find("done"));
      await inbox.dead(find("dead"), { reason: "no" });
      await inbox.nack(find("waiting"), { delayMs: 60_000 });
      await advance(900);
      assert.deepEqual(await inbox.enqueue([job("done", "a")]), ["duplicate"]);
      await advance(200);
      assert.deepEqual(await inbox.enqueue([job("done", "a")]), ["inserted"]);
      const rest = [job("waiting"), job("dead"), job("scheduled")];
      assert.deepEqual(await inbox.enqueue(rest), ["duplicate", "duplicate", "duplicate"]);
    },
  },
  {
    id: "E-3",
    says: "what is answered inserted or duplicate is durable by then",
    waived: needsDurability,
    async check(subject) {
      await subject.queue().enqueue([job("a"), job("b")]);
      await subject.reopen();
      const inbox = subject.queue();
      assert.deepEqual(await inbox.enqueue([job("a"), job("c")]), ["duplicate", "inserted"]);
      assert.deepEqual(await drain(inbox), ["a", "b", "c"]);
      await subject.reopen();
      assert.deepEqual(await subject.queue().enqueue([job("a")]), ["duplicate"], "done, and still known");
    },
  },
  {
    id: "E-4",
    says: "elements of a call stand for themselves; with atomic all are stored or none",
    async check({ queue }) {
      const inbox = queue({ maxLaneDepth: 1, maxPayloadBytes: 100 });
      const three = [job("a", "x"), job("b", "x"), job("c", "y")];
      assert.deepEqual(await inbox.enqueue(three, { atomic: true }), ["full", "full", "full"]);
      assert.equal((await inbox.stats()).ready, 0);
      assert.deepEqual(await inbox.enqueue(three), ["inserted", "full", "inserted"]);
      const oversized = [job("d", "d"), job("e", "e", { payload: "x".repeat(101) }), job("f", "f")];
      await assert.rejects(inbox.enqueue(oversized, { atomic: true }), hasCode("payload.oversized"));
      await assert.rejects(inbox.enqueue(oversized), hasCode("payload.oversized"));
      assert.deepEqual(await inbox.enqueue([job("a", "x"), job("g", "g")], { atomic: true }), ["duplicate", "inserted"]);
      assert.deepEqual((await drain(inbox)).toSorted(), ["a", "c", "g"]);
    },
  },
  {
    id: "E-5",
    says: "jobs of one key in one call keep the order of the call",
    async check({ queue }) {
      const inbox = queue();
      const batch = jobs(20);
      await inbox.enqueue(batch);
      assert.deepEqual(
        await drain(inbox),
        batch.map(({ id }) => id),
      );
    },
  },
  {
    id: "E-6",
    says: "calls one after the other keep their order, whoever makes them and whatever the clock says",
    async check({ queue, volume, clock, options }) {
      const hands = [queue(), queue()];
      const expected: string[] = [];
      for (let i = 0; i < volume(100); i += 1) {
        expected.push(`p${i}`);
        await hands[i % 2]?.enqueue([job(`p${i}`)]);
        if (options.ownClock !== true && i % 10 === 0) await clock.advance(1);
      }
      assert.deepEqual(await drain(queue()), expected);
    },
  },
  {
    id: "E-7",
    says: "a call whose outcome is unknown can be repeated with the same id and makes one job",
    waived: ({ caps }) =>
      caps.multiProcess ? undefined : "no connection lies between the caller and the engine, so none can be cut",
    async check(subject) {
      const inbox = subject.queue();
      const first = inbox.enqueue([job("a")]).catch(() => []);
      await Promise.all([first, inbox.enqueue([job("a")])]);
      assert.deepEqual(await drain(inbox), ["a"]);
      if (subject.options.network !== undefined) await repeatAfterCuts(subject);
    },
  },
  {
    id: "E-8",
    says: "a full queue or lane answers full, stores nothing and does not burn the id",
    async check({ queue, store }) {
      const inbox = queue({ maxDepth: 3, maxLaneDepth: 2 });
      assert.deepEqual(await inbox.enqueue([job("a"), job("b"), job("c")]), ["inserted", "inserted", "full"]);
      const later = (await store.now()) + 60_000;
      assert.deepEqual(await inbox.enqueue([job("d", "d", { runAt: later }), job("e", "e")]), ["inserted", "full"]);
      assert.deepEqual(await drain(inbox), ["a", "b"]);
      assert.deepEqual(await inbox.enqueue([job("c"), job("e", "e")]), ["inserted", "inserted"]);
    },
  },
  {
    id: "E-9",
    says: "a payload beyond maxPayloadBytes of UTF-8 is refused",
    async check({ queue }) {
      const inbox = queue({ maxPayloadBytes: 10 });
      assert.deepEqual(await inbox.enqueue([job("a", "k", { payload: "ä".repeat(5) })]), ["inserted"]);
      await assert.rejects(inbox.enqueue([job("b", "k", { payload: "ä".repeat(6) })]), hasCode("payload.oversized"));
      await assert.rejects(inbox.enqueue([job("c", "k", { payload: new Uint8Array(11) })]), hasCode("payload.oversized"));
      assert.equal((await inbox.stats()).ready, 1);
    },
  },
  {
    id: "E-10",
    says: "a job past its expiresAt goes to the dead letters as expired, not to a handler",
    async check({ queue, store, advance }) {
      const inbox = queue();
      const expiresAt = (await store.now()) + 500;
      await inbox.enqueue([job("late", "k", { expiresAt }), job("next", "k")]);
      await advance(501);
      assert.equal((await claimOne(inbox)).id, "next");
      const [dead] = await inbox.listDead({ limit: 10 });
      assert.deepEqual([dead?.id, dead?.reason, dead?.attempts], ["late", "expired", 0]);
    },
  },
];

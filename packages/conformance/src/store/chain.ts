import assert from "node:assert/strict";
import type { Claim } from "@devflow/gateway/contract";
import { claim, claimOne, hasCode, job, type StoreStatement } from "./subject.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** X: an ack and its consequences. What needs a dead process is with durability. */
export const chainStatements: readonly StoreStatement[] = [
  {
    id: "X-1",
    says: "an ack and its chained jobs are stored together or not at all",
    async check({ queue }) {
      const inbox = queue();
      const outbox = queue({ maxLaneDepth: 2, maxPayloadBytes: 100 }, "outbox");
      await inbox.enqueue([job("a"), job("b")]);
      const first = await claimOne(inbox);
      assert.equal(await inbox.ack(first, { then: [{ queue: "outbox", ...job("a:1") }] }), "ok");
      const one = await claimOne(inbox);
      const chain = (...ids: string[]) => ({ then: ids.map((id) => ({ queue: "outbox", ...job(id) })) });
      await assert.rejects(inbox.ack(one, chain("b:1", "b:2")), hasCode("store.full"));
      await assert.rejects(inbox.ack(one, { then: [{ queue: "nowhere", ...job("b:1") }] }), hasCode("options.invalid"));
      const big = { queue: "outbox", ...job("b:1", "k", { payload: "x".repeat(101) }) };
      await assert.rejects(inbox.ack(one, { then: [big] }), hasCode("payload.oversized"));
      assert.equal((await outbox.stats()).ready, 1, "nothing of what was refused");
      assert.deepEqual(await claim(inbox), [], "the claim is still held");
      assert.equal(await inbox.ack(one, chain("b:1")), "ok");
      assert.equal((await outbox.stats()).ready, 2);
      assert.equal((await inbox.stats()).ready, 0);
    },
  },
  {
    id: "X-2",
    says: "chained jobs whose id is known are not stored again",
    async check({ queue }) {
      const inbox = queue();
      const outbox = queue({}, "outbox");
      await outbox.enqueue([job("known")]);
      await inbox.enqueue([job("a")]);
      const then = ["known", "new", "new"].map((id) => ({ queue: "outbox", ...job(id) }));
      assert.equal(await inbox.ack(await claimOne(inbox), { then }), "ok");
      assert.deepEqual(
        (await outbox.peek("k", 10)).map(({ id }) => id),
        ["known", "new"],
      );
    },
  },
  {
    id: "X-3",
    says: "when an ifVersion fails the ack is a conflict: nothing has changed and the claim is held",
    async check({ queue, store }) {
      const inbox = queue();
      const outbox = queue({}, "outbox");
      await inbox.enqueue([job("a")]);
      const one = await claimOne(inbox);
      const version = await store.kv.set("session", bytes("old"));
      assert.ok(version !== false);
      const then = [{ queue: "outbox", ...job("a:1") }];
      const stale = { key: "session", value: bytes("mine"), ifVersion: version + 1_000_000 };
      assert.equal(await inbox.ack(one, { then, kv: [{ key: "other", value: bytes("x") }, stale] }), "conflict");
      assert.equal((await outbox.stats()).ready, 0);
      assert.equal(await store.kv.get("other"), undefined);
      assert.deepEqual(await claim(inbox), []);
      const kv = [
        { key: "session", value: bytes("mine"), ifVersion: version },
        { key: "fresh", value: bytes("f"), ifVersion: 0 },
        { key: "absent", value: undefined },
      ];
      assert.equal(await inbox.ack(one, { then, kv }), "ok");
      assert.deepEqual((await store.kv.get("session"))?.value, bytes("mine"));
      assert.equal((await outbox.stats()).ready, 1);
    },
  },
  {
    id: "X-5",
    says: "chained ids are derived from the inbound id",
    async check({ queue, advance }) {
      const inbox = queue({ dedupeTtlMs: 10 });
      const outbox = queue({}, "outbox");
      const run = (one: Claim) =>
        inbox.ack(one, { then: [1, 2].map((ordinal) => ({ queue: "outbox", ...job(`${one.id}:${ordinal}`) })) });
      await inbox.enqueue([job("a")]);
      const slow = await claimOne(inbox, 10);
      await advance(11);
      const quick = await claimOne(inbox, 60_000);
      assert.deepEqual([await run(slow), await run(quick), await run(quick)], ["stale", "ok", "stale"]);
      await advance(20);
      // Forgotten, delivered and done again: what follows from it is there already.
      assert.deepEqual(await inbox.enqueue([job("a")]), ["inserted"]);
      assert.equal(await run(await claimOne(inbox)), "ok");
      assert.deepEqual(
        (await outbox.peek("k", 10)).map(({ id }) => id),
        ["a:1", "a:2"],
      );
    },
  },
  {
    id: "X-6",
    says: "of acks that are under way together, a conflict undoes its own alone, and a stale one writes nothing",
    async check({ queue, store, advance }) {
      const inbox = queue();
      await inbox.enqueue([job("late", "late")]);
      const late = await claimOne(inbox, 10);
      await advance(11);
      const lanes = Array.from({ length: 12 }, (_, lane) => `lane ${lane}`);
      await inbox.enqueue(lanes.map((lane) => job(lane, lane)));
      const again = await inbox.claim({ limit: 20, leaseMs: 60_000, worker: "w" });
      const ours = again.filter(({ key }) => key !== "late");
      assert.equal(ours.length, lanes.length);
      const acks = [late, ...ours].map((one) => {
        const ifVersion = one.key === "lane 5" ? { ifVersion: 1_000_000_000 } : {};
        return inbox.ack(one, { kv: [{ key: `value of ${one.key}`, value: bytes(one.key), ...ifVersion }] });
      });
      const verdicts = await Promise.all(acks);
      const expected = ours.map(({ key }) => (key === "lane 5" ? "conflict" : "ok"));
      assert.deepEqual(verdicts, ["stale", ...expected]);
      for (const key of ["late", ...lanes]) {
        const value = (await store.kv.get(`value of ${key}`))?.value;
        assert.deepEqual(value, key === "late" || key === "lane 5" ? undefined : bytes(key), key);
      }
    },
  },
];

import assert from "node:assert/strict";
import type { Bucket } from "@devflow/gateway/contract";
import { hasCode, type StoreStatement } from "./subject.ts";

const bucket = (key: string, more: Partial<Bucket> = {}): Bucket => ({ key, rate: 10, periodMs: 1_000, burst: 5, ...more });

/** L: how fast work may leave. */
export const limiterStatements: readonly StoreStatement[] = [
  {
    id: "L-1",
    says: "from idle exactly burst takes succeed; in any window at most burst + window · rate / period",
    async check({ store: { limiter, now }, advance }) {
      const b = bucket("a", { rate: 3, burst: 4 });
      const times: number[] = [];
      const first = await Promise.all(Array.from({ length: 10 }, () => limiter.take([b])));
      assert.equal(first.filter(({ ok }) => ok).length, 4);
      const start = await now();
      for (let i = 0; i < 40; i += 1) {
        const { ok } = await limiter.take([b]);
        if (ok) times.push((await now()) - start);
        await advance(53);
      }
      const window = (await now()) - start;
      assert.ok(
        times.length <= (window * 3) / 1_000 + 1 && times.length >= (window * 3) / 1_000 - 1,
        `${times.length} in ${window} ms`,
      );
      const spread = times.slice(1).map((time, i) => time - (times[i] ?? 0));
      assert.ok(
        spread.every((gap) => gap >= 333 - 53),
        `gaps ${spread.join(" ")}`,
      );
    },
  },
  {
    id: "L-2",
    says: "retryAfterMs is exact: a take after it succeeds, one before it does not",
    async check({ store: { limiter }, advance }) {
      const b = bucket("a", { rate: 7, burst: 1 });
      assert.deepEqual(await limiter.take([b]), { ok: true, retryAfterMs: 0 });
      const refused = await limiter.take([b]);
      assert.ok(!refused.ok && refused.retryAfterMs > 100 && refused.retryAfterMs <= 143, String(refused.retryAfterMs));
      await advance(refused.retryAfterMs - 30);
      const early = await limiter.take([b]);
      assert.equal(early.ok, false, "a refusal costs nothing, and it is still early");
      await advance(early.retryAfterMs + 5);
      assert.equal((await limiter.take([b])).ok, true);
    },
  },
  {
    id: "L-3",
    says: "a take of several buckets debits all or none",
    async check({ store: { limiter } }) {
      const all = bucket("all", { burst: 3 });
      const chat = bucket("chat", { rate: 1, burst: 1 });
      assert.equal((await limiter.take([all, chat])).ok, true);
      for (let i = 0; i < 5; i += 1) {
        const { ok, retryAfterMs } = await limiter.take([all, chat]);
        assert.ok(!ok && retryAfterMs > 800);
      }
      assert.equal((await limiter.take([all])).ok, true);
      assert.equal((await limiter.take([all])).ok, true);
      assert.equal((await limiter.take([all])).ok, false, "the refused takes have left two");
      assert.deepEqual(await limiter.take([]), { ok: true, retryAfterMs: 0 });
      const twice = bucket("twice", { burst: 1 });
      assert.equal((await limiter.take([twice, twice])).ok, false, "the same bucket twice is debited twice");
    },
  },
  {
    id: "L-4",
    says: "after penalize nothing is taken from the bucket before its time; a later penalty never shortens it",
    async check(subject) {
      const { advance } = subject;
      const b = bucket("a");
      const until = (await subject.store.now()) + 1_000;
      await subject.store.limiter.penalize("a", until);
      await subject.store.limiter.penalize("a", until - 500);
      if (subject.options.caps.durable !== "none") await subject.reopen();
      const { limiter } = subject.store;
      const refused = await limiter.take([bucket("free"), b]);
      assert.ok(!refused.ok && refused.retryAfterMs > 700 && refused.retryAfterMs <= 1_000, String(refused.retryAfterMs));
      await advance(950);
      assert.equal((await limiter.take([b])).ok, false);
      await advance(60);
      assert.equal((await limiter.take([b])).ok, true);
      assert.equal((await limiter.take([bucket("free", { cost: 5 })])).ok, true, "refused together, so not debited");
    },
  },
  {
    id: "L-5",
    says: "idle buckets are forgotten, and nobody notices",
    async check({ store: { limiter }, advance, volume, options }) {
      const chats = volume(300);
      await Promise.all(Array.from({ length: chats }, (_, i) => limiter.take([bucket(`chat${i}`, { cost: 5 })])));
      if (options.ownClock === true) return;
      await advance(62_000);
      assert.equal((await limiter.take([bucket("chat0", { cost: 5 })])).ok, true, "full again");
      assert.equal((await limiter.take([bucket("chat0")])).ok, false, "and counted from there");
    },
  },
  {
    id: "L-6",
    says: "only the store's clock counts",
    waived: ({ ownClock }) => (ownClock === true ? "the store's clock cannot be set apart from ours here" : undefined),
    async check({ store: { limiter } }) {
      const b = bucket("a", { rate: 100, burst: 1 });
      assert.equal((await limiter.take([b])).ok, true);
      await new Promise((resolve) => void setTimeout(resolve, 20));
      assert.equal((await limiter.take([b])).ok, false, "the clock of the machine ran on, that of the store did not");
    },
  },
  {
    id: "L-7",
    says: "a cost beyond the burst is refused, since it would never succeed",
    async check({ store: { limiter } }) {
      await assert.rejects(limiter.take([bucket("a", { cost: 6 })]), hasCode("options.invalid"));
      await assert.rejects(limiter.take([bucket("a", { rate: 0 })]), hasCode("options.invalid"));
      assert.equal((await limiter.take([bucket("a", { cost: 5 })])).ok, true);
    },
  },
  {
    id: "L-8",
    says: "a take from a store that is not available rejects, so that nothing is sent",
    async check({ store }) {
      await store.close();
      await assert.rejects(store.limiter.take([bucket("a")]), hasCode("store.closed"));
    },
  },
];

import assert from "node:assert/strict";
import { hasCode, type StoreStatement } from "./subject.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** K: small values. */
export const kvStatements: readonly StoreStatement[] = [
  {
    id: "K-1",
    says: "of many writes over one version exactly one succeeds",
    async check({ store: { kv } }) {
      const created = await Promise.all(Array.from({ length: 50 }, () => kv.set("a", bytes("x"), { ifVersion: 0 })));
      const won = created.filter((version) => version !== false);
      assert.equal(won.length, 1);
      const ifVersion = Number(won[0]);
      const replaced = await Promise.all(Array.from({ length: 50 }, (_, i) => kv.set("a", bytes(String(i)), { ifVersion })));
      const winner = replaced.findIndex((version) => version !== false);
      assert.equal(replaced.filter((version) => version !== false).length, 1);
      const entry = await kv.get("a");
      assert.deepEqual([entry?.value, entry?.version], [bytes(String(winner)), replaced[winner]]);
      assert.equal(await kv.delete("a", { ifVersion }), false);
      assert.equal(await kv.delete("a", { ifVersion: entry?.version ?? 0 }), true);
      assert.equal(await kv.delete("a"), false);
    },
  },
  {
    id: "K-2",
    says: "an expired key is absent, and can be created",
    async check({ store: { kv }, advance }) {
      await kv.set("a", bytes("x"), { ttlMs: 500 });
      await advance(501);
      assert.equal(await kv.get("a"), undefined);
      assert.equal(await kv.delete("a"), false);
      assert.notEqual(await kv.set("a", bytes("y"), { ifVersion: 0 }), false);
      assert.deepEqual((await kv.get("a"))?.value, bytes("y"));
    },
  },
  {
    id: "K-3",
    says: "a version never comes back, not after a deletion or an expiry either",
    async check(subject) {
      const seen = new Set<number>();
      for (let i = 0; i < 10; i += 1) {
        const { kv } = subject.store;
        const version = await kv.set("a", bytes("same"), i % 3 === 0 ? { ttlMs: 10 } : {});
        assert.ok(version !== false && version > 0 && !seen.has(version));
        seen.add(version);
        if (i % 3 === 0) await subject.advance(11);
        if (i % 3 === 1) await kv.delete("a");
        if (i === 5 && subject.options.caps.durable !== "none") await subject.reopen();
      }
    },
  },
  {
    id: "K-4",
    says: "values are bytes, up to 256 KiB of them, and our own copies",
    async check({ store: { kv } }) {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      const mine = all.slice();
      const writing = kv.set("a", mine);
      mine.fill(0);
      await writing;
      const read = await kv.get("a");
      assert.deepEqual(read?.value, all);
      await kv.set("empty", new Uint8Array());
      assert.deepEqual((await kv.get("empty"))?.value, new Uint8Array());
      await kv.set("large", new Uint8Array(256 * 1024).fill(7));
      assert.equal((await kv.get("large"))?.value.byteLength, 256 * 1024);
      await assert.rejects(kv.set("larger", new Uint8Array(256 * 1024 + 1)), hasCode("payload.oversized"));
      await assert.rejects(kv.set("a\0b", all), hasCode("key.invalid"));
    },
  },
  {
    id: "K-5",
    says: "list gives the keys of a prefix in the order of their bytes, a page at a time, either way",
    async check({ store: { kv } }) {
      const keys = ["a/", "a/1", "a/10", "a/2", "a/é", "a/\uFFEE", "a/\u{1F600}", "a/\u{10FFFF}x"];
      for (const key of [...keys.toReversed(), "a", "b", "A/1"]) await kv.set(key, bytes(key));
      const list = async (prefix: string, options: Parameters<typeof kv.list>[1] = {}) =>
        (await kv.list(prefix, options)).map(({ key, value }) => {
          assert.deepEqual(value, bytes(key));
          return key;
        });
      assert.deepEqual(await list("a/"), keys);
      assert.deepEqual(await list("a/", { reverse: true }), keys.toReversed());
      assert.deepEqual(await list("a/", { limit: 2 }), keys.slice(0, 2));
      assert.deepEqual(await list("a/", { limit: 2, after: "a/1" }), keys.slice(2, 4));
      assert.deepEqual(await list("a/", { limit: 2, after: "a/2", reverse: true }), ["a/10", "a/1"]);
      assert.deepEqual(await list("a/", { after: "a/15" }), keys.slice(3));
      assert.deepEqual(await list(""), ["A/1", "a", ...keys, "b"]);
      assert.deepEqual(await list("c"), []);
      await kv.delete("a/2");
      await kv.set("a/2", bytes("a/2"), { ttlMs: 60_000 });
      assert.deepEqual(await list("a/"), keys);
    },
  },
  {
    id: "K-6",
    says: "a value never expires early, and at most a second late",
    async check({ store: { kv }, advance }) {
      await kv.set("a", bytes("x"), { ttlMs: 1_000 });
      await advance(900);
      assert.notEqual(await kv.get("a"), undefined);
      assert.equal((await kv.list("a")).length, 1);
      await advance(1_100);
      assert.equal(await kv.get("a"), undefined);
      assert.deepEqual(await kv.list("a"), []);
    },
  },
];

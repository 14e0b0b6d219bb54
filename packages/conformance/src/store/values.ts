import assert from "node:assert/strict";
import * as fc from "fast-check";
import { claimOne, drain, hasCode, job, type StoreStatement } from "./subject.ts";

const hostile = [
  "a'\"\\|||:*{}%_",
  "\u{1F600}",
  "\u202E\u200B",
  "ä",
  "a\u0308",
  "İ",
  "ß",
  "\uFFFD",
  "\uFFFF",
  "--",
  "\n\r\t",
  "NULL",
];

/** V: what may be stored, bit by bit. */
export const valueStatements: readonly StoreStatement[] = [
  {
    id: "V-1",
    says: "keys and ids are any Unicode text up to 512 bytes, told apart byte by byte",
    async check({ queue }) {
      const inbox = queue();
      const names = [...hostile, "k", "K", " k", "k ", "\u00E9", "e\u0301", "x".repeat(512), "\u{1F600}".repeat(128)];
      const results = await inbox.enqueue(names.map((name) => job(name, name)));
      assert.ok(results.every((result) => result === "inserted"));
      assert.equal((await inbox.stats()).lanes, names.length);
      for (const name of names)
        assert.deepEqual(
          (await inbox.peek(name, 10)).map(({ id, key }) => [id, key]),
          [[name, name]],
        );
      assert.deepEqual((await drain(inbox)).toSorted(), names.toSorted());
    },
  },
  {
    id: "V-2",
    says: "a payload comes back bit by bit: text with U+0000 and lone surrogates, and bytes",
    async check(subject) {
      const { volume } = subject;
      const payloads: (string | Uint8Array)[] = [
        "",
        "\0",
        "a\0b",
        "\uD800",
        "x\uDC00y",
        "\uDC00\uD800",
        JSON.stringify({ text: "a\0\u{1F4A9}\uD800" }),
        new Uint8Array(),
        Uint8Array.from({ length: 256 }, (_, i) => i),
        new Uint8Array([0xff, 0xfe, 0]).subarray(1),
        Buffer.from("pooled"),
      ];
      const random = fc.sample(
        fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.uint8Array({ maxLength: 40 })),
        volume(50),
      );
      payloads.push(...random);
      const units = fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
        .map((codes) => String.fromCharCode(...codes));
      payloads.push(...fc.sample(units, volume(50)));
      await subject.queue().enqueue(payloads.map((payload, i) => job(`p${i}`, "k", { payload })));
      for (const [i, payload] of payloads.entries()) {
        if (i === payloads.length >> 1 && subject.options.caps.durable !== "none") await subject.reopen();
        const inbox = subject.queue();
        const one = await claimOne(inbox);
        assert.equal(one.id, `p${i}`);
        if (typeof payload === "string") assert.ok(one.payload === payload, JSON.stringify(payload));
        else assert.deepEqual([...(one.payload as Uint8Array)], [...payload]);
        await inbox.ack(one);
      }
    },
  },
  {
    id: "V-3",
    says: "no value means anything to the store: delimiters, quotes and headers come back as they were",
    async check({ queue }) {
      const inbox = queue();
      const headers = Object.fromEntries([...hostile, "__proto__x"].map((text, i) => [`${text}${i}`, `${text}\0\uD800`]));
      await inbox.enqueue(hostile.map((text, i) => job(`${text}|||${i}`, `${text}|||`, { payload: `${text}|||{}`, headers })));
      for (const [i, text] of hostile.entries()) {
        const one = await claimOne(inbox, 60_000);
        assert.deepEqual([one.key, one.id, one.payload], [`${text}|||`, `${text}|||${i}`, `${text}|||{}`]);
        assert.deepEqual(one.headers, headers);
      }
    },
  },
  {
    id: "V-4",
    says: "keys and ids with U+0000, lone surrogates or more than 512 bytes are refused",
    async check({ queue }) {
      const inbox = queue();
      for (const bad of ["\0", "a\0b", "\uD800", "a\uDC00", "x".repeat(513), "\u{1F600}".repeat(129)]) {
        await assert.rejects(inbox.enqueue([job("fine"), job(bad)]), hasCode("key.invalid"));
        await assert.rejects(inbox.enqueue([job("fine", bad)]), hasCode("key.invalid"));
      }
      assert.equal((await inbox.stats()).ready, 0);
    },
  },
  {
    id: "V-5",
    says: "a queue's name is lower case and short, and stands for one queue",
    async check({ store, queue }) {
      for (const bad of ["", "Inbox", "1st", "-a", "a b", "ä", "a".repeat(49)]) {
        assert.throws(() => queue({}, bad), hasCode("key.invalid"));
      }
      const name = `a${"-_9z".repeat(11)}bcd`;
      const first = queue({ maxDepth: 1 }, name);
      assert.equal(first.name, name);
      const second = queue({ maxDepth: 100 }, name);
      assert.equal(first, second);
      assert.deepEqual(await second.enqueue([job("a"), job("b")]), ["inserted", "full"], "the first options count");
      await store.health();
    },
  },
];

import assert from "node:assert/strict";
import type { Queue } from "@devflow/gateway/contract";
import { claim, claimOne, job, jobs, queueDefaults, type StoreStatement } from "./subject.ts";

/** O: order and exclusivity. */
export const orderStatements: readonly StoreStatement[] = [
  {
    id: "O-1",
    says: "only the head of a lane is claimed, and once at a time",
    async check({ queue }) {
      const inbox = queue();
      await inbox.enqueue(jobs(3));
      const claims = await Promise.all(Array.from({ length: 10 }, () => claim(inbox, 5)));
      assert.deepEqual(
        claims.flat().map(({ id }) => id),
        ["j0"],
      );
      assert.deepEqual(await claim(inbox, 5), []);
    },
  },
  {
    id: "O-2",
    says: "one call may claim several lanes, never two jobs of one",
    async check({ queue }) {
      const inbox = queue();
      await inbox.enqueue(jobs(30, "j", 10));
      const claims = await claim(inbox, Infinity);
      assert.equal(claims.length, 10);
      assert.equal(new Set(claims.map(({ key }) => key)).size, 10);
    },
  },
  {
    id: "O-3",
    says: "the jobs of a lane end in the order they came, whatever happens on the way",
    async check({ queue, volume, advance }) {
      const inbox = queue();
      const count = volume(400);
      const lanes = 10;
      await inbox.enqueue(jobs(count, "j", lanes));
      const random = generator(42);
      const ended = new Map<string, number>();
      let done = 0;
      while (done < count) {
        const claims = await claim(inbox, 4, 100);
        for (const each of claims) {
          const luck = random();
          if (luck < 0.15) await inbox.nack(each, { delayMs: luck * 500 });
          else if (luck < 0.25) await advance(101);
          if (luck < 0.15) continue;
          const result = luck < 0.3 ? await inbox.dead(each, { reason: "luck" }) : await inbox.ack(each);
          if (result !== "ok") continue;
          const place = Number(each.id.slice(1));
          assert.ok(place > (ended.get(each.key) ?? -1), `${each.id} ended after ${ended.get(each.key)}`);
          ended.set(each.key, place);
          done += 1;
        }
        if (claims.length === 0) await advance(50);
      }
    },
  },
  {
    id: "O-4",
    says: "no lane starves: those ready longest come first",
    async check({ queue }) {
      const inbox = queue();
      const lanes = 50;
      await inbox.enqueue(jobs(lanes * 2, "busy", lanes));
      await inbox.enqueue([job("quiet", "quiet")]);
      let next = lanes * 2;
      for (let claims = 1; ; claims += 1) {
        const one = await claimOne(inbox);
        if (one.id === "quiet") return assert.ok(claims <= lanes + 1, `the quiet lane waited for ${claims} claims`);
        assert.ok(claims <= lanes, "the quiet lane starves");
        await inbox.enqueue([job(`busy${(next += 1)}`, one.key)]);
        await inbox.ack(one);
      }
    },
  },
  {
    id: "O-5",
    says: "a lane with a long backlog does not slow the others down",
    async check({ queue, volume, openAt, place }) {
      const elsewhere = (await openAt(`${place}/calm`)).queue("calm", queueDefaults);
      const hot = queue({}, "hot");
      await hot.enqueue(Array.from({ length: volume(5_000) }, (_, i) => job(`hot${i}`, "hot")));
      await claimOne(hot, 600_000);
      const [calm, busy] = await typicalClaimMs(elsewhere, hot);
      assert.ok(busy <= calm * 2 + 1, `a claim takes ${busy} ms beside a hot lane, ${calm} ms without`);
    },
  },
  {
    id: "O-6",
    says: "a claim costs the same whatever the backlog",
    async check({ queue, volume, openAt, place }) {
      const small = (await openAt(`${place}/small`)).queue("small", queueDefaults);
      await small.enqueue(jobs(1_000, "s", 500));
      const large = queue({}, "large");
      const count = volume(20_000);
      for (let i = 0; i < count; i += 1_000) await large.enqueue(jobs(1_000, `l${i}-`, 500));
      const [few, many] = await typicalClaimMs(small, large);
      assert.ok(many <= few * 2 + 1, `a claim takes ${many} ms of ${count} jobs, ${few} ms of 1,000`);
    },
  },
];

/** Medians of a claim from each of two queues, in turn: whatever else the machine is busy with slows both. */
async function typicalClaimMs(one: Queue, other: Queue): Promise<readonly [number, number]> {
  const rounds = 200;
  const probe = async (queue: Queue, i: number): Promise<number> => {
    await queue.enqueue([job(`probe${i}`, `probe${i % 20}`)]);
    const before = performance.now();
    const claimed = await claimOne(queue);
    const ms = performance.now() - before;
    await queue.ack(claimed);
    return ms;
  };
  const times: [number, number][] = [];
  for (let i = 0; i < rounds; i += 1) times.push([await probe(one, i), await probe(other, i)]);
  const median = (side: 0 | 1): number => times.map((pair) => pair[side]).toSorted((a, b) => a - b)[rounds >> 1] ?? Infinity;
  return [median(0), median(1)];
}

/** Numbers in [0, 1) that are the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Claim, Queue } from "@devflow/gateway/contract";
import type { Reference, RefClaim, RefJob } from "./reference.ts";

/** The reference with the claims handed out so far. */
export interface Model {
  readonly reference: Reference;
  readonly claims: RefClaim[];
}

/** The store's queue, with the same claims. */
export interface Real {
  queue: Queue;
  readonly claims: Claim[];
  advance(ms: number): Promise<void>;
  reopen(): Promise<Queue>;
}

type Step = fc.AsyncCommand<Model, Real>;

const keys = ["a", "b", "c"];

/** A command that both sides execute and that compares what they say. */
function step<T>(name: string, input: T, run: (model: Model, real: Real) => Promise<void>): Step {
  return { check: () => true, run, toString: () => `${name}(${JSON.stringify(input)})` };
}

/** Something that needs a claim: one of those handed out, live or stale. */
function onClaim<T extends { readonly pick: number }>(
  name: string,
  input: T,
  run: (model: Reference, real: Queue, ref: RefClaim, claim: Claim) => Promise<void>,
): Step {
  return {
    check: ({ claims }) => claims.length > 0,
    toString: () => `${name}(${JSON.stringify(input)})`,
    async run({ reference, claims }, real) {
      // Recent claims are the live ones; now and then an old one comes back.
      const at = claims.length - 1 - (input.pick % claims.length);
      await run(reference, real.queue, claims[at] as RefClaim, real.claims[at] as Claim);
    },
  };
}

interface JobInput {
  readonly key: number;
  readonly id: number;
  readonly inMs: number;
  readonly ttlMs: number | null;
}

const jobInput = fc.record<JobInput>({
  key: fc.nat(2),
  id: fc.nat(14),
  inMs: fc.constantFrom(0, 0, 0, 100, 300),
  ttlMs: fc.constantFrom(null, null, null, 150),
});

function build({ key, id, inMs, ttlMs }: JobInput, now: number): { ref: RefJob; job: Parameters<Queue["enqueue"]>[0][number] } {
  const shared = { key: keys[key] ?? "a", id: `id${id}` };
  return {
    ref: {
      ...shared,
      attempts: 0,
      crashes: 0,
      runAt: now + inMs,
      expiresAt: ttlMs === null ? Infinity : now + ttlMs,
      error: undefined,
      reason: "",
    },
    job: {
      ...shared,
      payload: shared.id,
      ...(inMs === 0 ? {} : { runAt: now + inMs }),
      ...(ttlMs === null ? {} : { expiresAt: now + ttlMs }),
    },
  };
}

/** The id of one of the jobs, or one that nobody has. */
function chosen(jobs: readonly RefJob[], nth: number): string {
  return jobs[nth % (jobs.length + 1)]?.id ?? "nobody";
}

const pick = fc.integer({ min: 0, max: 4 });
const error = fc.constantFrom(null, "one", "two");

/** Everything that may happen to a queue; what happens more often comes more often. */
export function steps(durable: boolean): fc.Arbitrary<Step>[] {
  const enqueue = fc.tuple(fc.array(jobInput, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([inputs, atomic]) =>
    step("enqueue", { inputs, atomic }, async ({ reference }, { queue }) => {
      const built = inputs.map((input) => build(input, reference.now));
      const refs = built.map(({ ref }) => ref);
      const expected = atomic ? reference.enqueueAll(refs) : refs.map((ref) => reference.enqueue(ref));
      const found = await queue.enqueue(
        built.map(({ job }) => job),
        { atomic },
      );
      assert.deepEqual(found, expected);
    }),
  );
  const claim = fc.record({ limit: fc.integer({ min: 1, max: 3 }), leaseMs: fc.constantFrom(100, 400) }).map((input) =>
    step("claim", input, async ({ reference, claims }, real) => {
      const expected = reference.claim(input.limit, input.leaseMs);
      const found = await real.queue.claim({ ...input, worker: "model" });
      assert.deepEqual(
        found.map((each) => [each.id, each.key, each.attempts, each.crashes, each.payload, each.leaseUntil]),
        expected.map(({ job }) => [job.id, job.key, job.attempts, job.crashes, job.id, reference.now + input.leaseMs]),
      );
      claims.push(...expected);
      real.claims.push(...found);
    }),
  );
  const ack = fc.record({ pick, next: fc.option(jobInput) }).map((input) =>
    onClaim("ack", input, async (model, real, ref, one) => {
      const built = input.next === null ? undefined : build(input.next, model.now);
      const effects = built === undefined ? {} : { then: [{ queue: real.name, ...built.job }] };
      const found = await real.ack(one, effects).catch((failure: { readonly code?: string }) => failure.code);
      assert.equal(found, model.ack(ref, built?.ref));
    }),
  );
  const nack = fc.record({ pick, delayMs: fc.constantFrom(0, 50, 200), counts: fc.boolean(), error }).map((input) =>
    onClaim("nack", input, async (model, real, ref, one) => {
      const text = input.error ?? undefined;
      const options = { delayMs: input.delayMs, countAttempt: input.counts, ...(text === undefined ? {} : { error: text }) };
      assert.equal(await real.nack(one, options), model.nack(ref, input.delayMs, input.counts, text));
    }),
  );
  const dead = fc.record({ pick, error }).map((input) =>
    onClaim("dead", input, async (model, real, ref, one) => {
      const text = input.error ?? undefined;
      const options = { reason: "no", ...(text === undefined ? {} : { error: text }) };
      assert.equal(await real.dead(one, options), model.kill(ref, text));
    }),
  );
  const extend = fc
    .record({ pick, leaseMs: fc.constantFrom(50, 500) })
    .map((input) =>
      onClaim("extend", input, async (model, real, ref, one) =>
        assert.equal(await real.extend(one, input.leaseMs), model.extend(ref, input.leaseMs)),
      ),
    );
  const pass = fc.integer({ min: 1, max: 300 }).map((ms) =>
    step("advance", ms, async ({ reference }, real) => {
      reference.pass(ms);
      await real.advance(ms);
    }),
  );
  const nth = fc.nat(19);
  const replay = fc.record({ nth, front: fc.boolean() }).map((input) =>
    step("replay", input, async ({ reference }, { queue }) => {
      const id = chosen(reference.dead, input.nth);
      assert.equal(await queue.replay([id], { front: input.front }), reference.replay(id, input.front));
    }),
  );
  const discard = nth.map((input) =>
    step("discard", input, async ({ reference }, { queue }) => {
      const id = chosen(reference.dead, input);
      assert.equal(await queue.discard([id]), reference.discard(id));
    }),
  );
  const cancel = nth.map((input) =>
    step("cancel", input, async ({ reference }, { queue }) => {
      const id = chosen([...reference.jobs(), ...reference.dead], input);
      assert.equal(await queue.cancel(id), reference.cancel(id));
    }),
  );
  const resume = fc
    .constantFrom(...keys)
    .map((key) =>
      step("resume", key, async ({ reference }, { queue }) => assert.equal(await queue.resume(key), reference.resume(key))),
    );
  const look = fc.constant(step("look", "", async ({ reference }, { queue }) => compare(reference, queue)));
  const reopen = fc.constant(
    step("reopen", "", async (_, real) => {
      real.queue = await real.reopen();
    }),
  );
  const often = [enqueue, enqueue, claim, claim, claim, ack, ack, nack, pass, pass];
  // A restart takes a hundred times as long as anything else.
  const lookOrReopen = durable ? fc.oneof({ weight: 9, arbitrary: look }, { weight: 1, arbitrary: reopen }) : look;
  return [...often, dead, dead, extend, replay, replay, discard, cancel, cancel, resume, lookOrReopen];
}

/** Whether both sides hold the same jobs in the same places. */
export async function compare(reference: Reference, queue: Queue): Promise<void> {
  assert.deepEqual(await queue.stats(), reference.stats());
  for (const key of keys) {
    assert.deepEqual(
      (await queue.peek(key, 100)).map(({ id, attempts, crashes, payload }) => [id, attempts, crashes, payload]),
      reference.peek(key).map(({ id, attempts, crashes }) => [id, attempts, crashes, id]),
      `lane ${key}`,
    );
  }
  const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
  assert.deepEqual(
    (await queue.listDead({ limit: 100 })).map(({ id, reason, attempts, error: text }) => [id, reason, attempts, text]),
    reference.dead.toSorted(byId).map(({ id, reason, attempts, error: text }) => [id, reason, attempts, text]),
  );
}

import type { Claim, DeadJob, Job, Queue, QueueOptions } from "@devflow/gateway/contract";
import { checkJob, clipError } from "@devflow/gateway/kit";
import { storeError, type Arg, type Client, type QueueSpec } from "../client/index.ts";
import { checkWrite, writeArgs } from "../kv.ts";
import { readClaim, readDead, readWaiting, specOf, whole, writeJob } from "./wire.ts";
import type { ClaimRow, DeadRow, WaitingRow } from "./wire.ts";

/** A queue whose state is in the server; here are the checks that need none, and those who wait. */
export interface RedisQueue extends Queue {
  readonly spec: QueueSpec;
  readonly check: (job: Job) => void;
  readonly wake: () => void;
}

const outcomes = ["inserted", "duplicate", "full"] as const;
const verdicts = ["ok", "stale", "conflict", "dead"] as const;
/** The verdict on an ack whose lane has another job. */
const more = 4;
/** Jobs of one call of the script, unless they must go together. */
const lot = 500;
/** What a call to purge does at most. */
const step = 1_000;

export function redisQueue(
  client: Client,
  name: string,
  options: QueueOptions,
  others: ReadonlyMap<string, RedisQueue>,
): RedisQueue {
  const spec = specOf(name, options);
  const queues = [spec];
  const bell = client.bell(name);
  const check = (job: Job): void => checkJob(job, name, options, client.clock.now());
  const call = (op: string, ...args: readonly Arg[]): Promise<unknown> => client.call({ op, queues, args });
  const other = (queue: string): RedisQueue => {
    const found = others.get(queue);
    if (found !== undefined) return found;
    throw storeError("options.invalid", `no queue "${queue}" here; call store.queue("${queue}", …) before chaining to it.`);
  };
  const operate = async (op: string, ...args: readonly Arg[]): Promise<number> => {
    const count = Number(await call(op, ...args));
    if (count > 0) bell.ring();
    return count;
  };
  /** What becomes of a claim, said in a word. */
  const end = async <T extends (typeof verdicts)[number]>(op: string, claim: Claim, ...args: readonly Arg[]): Promise<T> => {
    const verdict = verdicts[Number(await call(op, ...held(claim), ...args))] as T;
    bell.ring();
    return verdict;
  };
  const put = async (jobs: readonly Job[], atomic: boolean): Promise<readonly ("inserted" | "duplicate" | "full")[]> => {
    const args: Arg[] = [atomic ? 1 : 0];
    for (const job of jobs) writeJob(args, job);
    const results = (await client.call({ op: "enqueue", queues, args, grows: true })) as readonly number[];
    return results.map((result) => outcomes[result] ?? "full");
  };

  return {
    name,
    spec,
    check,
    wake: bell.ring,
    async enqueue(jobs, { atomic = false } = {}) {
      jobs.forEach(check);
      const lots = atomic || jobs.length <= lot ? [jobs] : lotsOf(jobs);
      const results = await Promise.all(lots.map((some) => put(some, atomic)));
      bell.ring();
      return results.flat();
    },
    async claim({ limit, leaseMs }) {
      const [leaseUntil, rows] = (await call("claim", whole(limit), Math.ceil(leaseMs))) as readonly [number, ClaimRow[]];
      return rows.map((row) => readClaim(name, leaseUntil, row));
    },
    async extend(claim, leaseMs) {
      return verdicts[Number(await call("extend", ...held(claim), Math.ceil(leaseMs)))] as "ok" | "stale";
    },
    async ack(claim, { then = [], kv = [] } = {}) {
      const chains = Map.groupBy(then, ({ queue }) => queue);
      const targets = [...chains.keys()].map(other);
      const args: Arg[] = [...held(claim), kv.length, chains.size];
      for (const write of kv) {
        checkWrite(write);
        args.push(...writeArgs(write));
      }
      for (const target of targets) {
        const jobs = chains.get(target.name) ?? [];
        jobs.forEach(target.check);
        args.push(target.name, jobs.length);
        for (const job of jobs) writeJob(args, job);
      }
      const grows = then.length > 0 || kv.length > 0;
      const result = await client.call({ op: "ack", queues: [spec, ...targets.map((target) => target.spec)], args, grows });
      if (typeof result !== "number") {
        const what = `queue "${String(result)}" is full, so "${name}" cannot complete ${claim.id}; it stays held.`;
        throw storeError("store.full", what);
      }
      if (result === more) bell.ring();
      for (const target of targets) target.wake();
      return result === more ? "ok" : (verdicts[result] as "ok" | "stale" | "conflict");
    },
    nack(claim, { delayMs, error, countAttempt = true }) {
      return end("nack", claim, Math.ceil(delayMs), countAttempt ? 1 : 0, written(error));
    },
    dead: (claim, { reason, error }) => end("dead", claim, clipError(reason), written(error)),
    async wait(signal, maxMs) {
      const since = bell.rings;
      const nextMs = Number(await call("next"));
      await bell.sleep(nextMs < 0 ? maxMs : Math.min(maxMs, nextMs), signal, since);
    },
    async stats() {
      const [ready = 0, scheduled = 0, leased = 0, delayed = 0, dead = 0, lanes = 0, haltedLanes = 0, oldestReadyAgeMs = 0] =
        (await call("stats")) as readonly number[];
      return { ready, scheduled, leased, delayed, dead, lanes, haltedLanes, oldestReadyAgeMs };
    },
    async peek(key, limit) {
      const found: ReturnType<typeof readWaiting>[] = [];
      for (let from = 0; found.length < limit; from += lot) {
        const [seen, ...rows] = (await call("peek", key, from, lot)) as readonly [number, ...WaitingRow[]];
        found.push(...rows.map((row) => readWaiting(name, row)));
        if (seen < lot) break;
      }
      return found.slice(0, whole(limit));
    },
    async listDead({ limit, after, key }) {
      const found: DeadJob[] = [];
      for (let from: Arg = after === undefined ? "-" : `(${after}`; found.length < limit;) {
        const page = await call("listDead", from, key === undefined ? "" : `+${key}`, whole(limit - found.length));
        const [seen, last, ...rows] = page as readonly [number, Buffer, ...DeadRow[]];
        found.push(...rows.map((row) => readDead(name, row)));
        if (seen === 0) break;
        from = Buffer.concat([beyond, last]);
      }
      return found;
    },
    replay: (ids, { front = false } = {}) => operate("replay", front ? 1 : 0, ...new Set(ids)),
    discard: (ids) => operate("discard", ...new Set(ids)),
    resume: async (key) => (await operate("resume", key)) > 0,
    cancel: async (id) => (await operate("cancel", id)) > 0,
    async purge({ dead = false } = {}) {
      let total = 0;
      // First the ids: those of the jobs that go now are only beginning to be remembered.
      for (const what of dead ? [0, 1] : [0]) {
        for (let count = step; count === step; total += count) count = await operate("purge", what);
      }
      return total;
    },
  };
}

const beyond = Buffer.from("(");

function held({ key, fence, id }: Claim): readonly Arg[] {
  return [key, fence, id];
}

/** A text that may be missing: one that is there begins with a sign. */
function written(error: string | undefined): string {
  return error === undefined ? "" : `+${clipError(error)}`;
}

function lotsOf(jobs: readonly Job[]): (readonly Job[])[] {
  return Array.from({ length: Math.ceil(jobs.length / lot) }, (_, i) => jobs.slice(i * lot, (i + 1) * lot));
}

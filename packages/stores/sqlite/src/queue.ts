import type { Claim, DeadJob, Job, Queue, QueueOptions, QueueStats } from "@devflow/gateway/contract";
import { checkJob, clipError, createDoorbell, GatewayError } from "@devflow/gateway/kit";
import type { Client } from "./client/index.ts";
import { code, readPayload, verdict, writeJob } from "./client/protocol.ts";
import { checkWrite, whole, writeEntry } from "./kv.ts";

/** A queue whose state is in the worker; here are the checks that need no database, and those who wait. */
export interface SqliteQueue extends Queue {
  readonly check: (job: Job) => void;
  readonly wake: () => void;
}

type Payload = string | Uint8Array;

const outcomes = ["inserted", "duplicate", "full"] as const;

export function sqliteQueue(
  client: Client,
  name: string,
  options: QueueOptions,
  others: ReadonlyMap<string, SqliteQueue>,
): SqliteQueue {
  const bell = createDoorbell(client.clock, client.closed);
  const wake = bell.ring;
  const check = (job: Job): void => checkJob(job, name, options, client.now());
  const other = (queue: string): SqliteQueue => {
    const found = others.get(queue);
    if (found !== undefined) return found;
    const message = `sqlite store: no queue "${queue}" here; call store.queue("${queue}", …) before chaining to it.`;
    throw new GatewayError("options.invalid", message);
  };
  const held = (claim: Claim): unknown[] => [name, claim.key, claim.fence, claim.n, claim.id];
  const operate = async (call: number, ...args: readonly unknown[]): Promise<number> => {
    const count = Number(await client.call(call, [name, ...args]));
    if (count > 0) wake();
    return count;
  };

  client.declare(code.queue, [
    {
      name,
      dedupeTtlMs: options.dedupeTtlMs,
      maxAttempts: options.maxAttempts,
      maxCrashes: options.maxCrashes,
      maxDepth: options.maxDepth,
      maxLaneDepth: options.maxLaneDepth,
      yields: options.onRetry === "yield",
      halts: options.onDead === "halt",
    },
  ]);

  return {
    name,
    check,
    wake,
    async enqueue(jobs, { atomic = false } = {}) {
      jobs.forEach(check);
      const args: unknown[] = [name, atomic ? 1 : 0, jobs.length];
      for (const job of jobs) writeJob(args, job);
      const results = (await client.call(code.enqueue, args)) as readonly number[];
      wake();
      return results.map((result) => outcomes[result] ?? "full");
    },
    async claim({ limit, leaseMs }) {
      const row = (await client.call(code.claim, [name, whole(limit), Math.ceil(leaseMs)])) as readonly unknown[];
      const claims: Claim[] = [];
      for (let at = 1; at < row.length; at += 10) claims.push(readClaim(name, row, at));
      return claims;
    },
    async extend(claim, leaseMs) {
      const result = await client.call(code.extend, [name, claim.key, claim.fence, claim.n, Math.ceil(leaseMs)]);
      return result === 0 ? "ok" : "stale";
    },
    async ack(claim, { then = [], kv = [] } = {}) {
      const args = held(claim);
      args.push(then.length);
      for (const job of then) {
        other(job.queue).check(job);
        args.push(job.queue);
      }
      args.push(kv.length);
      for (const write of kv) {
        checkWrite(write.key, write.value);
        writeEntry(args, write);
      }
      for (const job of then) writeJob(args, job);
      const result = await client.call(code.ack, args);
      if (result === verdict.more) wake();
      for (const job of then) other(job.queue).wake();
      return result === verdict.stale ? "stale" : result === verdict.conflict ? "conflict" : "ok";
    },
    async nack(claim, { delayMs, error, countAttempt = true }) {
      const text = error === undefined ? null : clipError(error);
      const result = await client.call(code.nack, [...held(claim), Math.ceil(delayMs), text, countAttempt ? 1 : 0]);
      wake();
      return result === 0 ? "ok" : result === 1 ? "stale" : "dead";
    },
    async dead(claim, { reason, error }) {
      const text = error === undefined ? null : clipError(error);
      const result = await client.call(code.dead, [...held(claim), reason, text]);
      wake();
      return result === 0 ? "ok" : "stale";
    },
    async wait(signal, maxMs) {
      const since = bell.rings;
      const next = Number(await client.call(code.next, [name]));
      await bell.sleep(Math.min(maxMs, next - client.now()), signal, since);
    },
    async stats() {
      return (await client.call(code.stats, [name])) as QueueStats;
    },
    async peek(key, limit) {
      const rows = (await client.call(code.peek, [name, key, whole(limit)])) as readonly (readonly unknown[])[];
      return rows.map(([id, n, form, payload, headers, attempts, crashes, enqueuedAt]) => ({
        queue: name,
        key,
        id: id as string,
        n: n as number,
        payload: readPayload(form as number, payload as Payload),
        headers: readHeaders(headers as string | null),
        attempts: attempts as number,
        crashes: crashes as number,
        enqueuedAt: enqueuedAt as number,
      }));
    },
    async listDead({ limit, after, key }) {
      const args = [name, after ?? "", key ?? null, whole(limit)];
      const rows = (await client.call(code.listDead, args)) as readonly (readonly unknown[])[];
      return rows.map((row) => readDead(name, row));
    },
    replay: (ids, { front = false } = {}) => operate(code.replay, front ? 1 : 0, [...new Set(ids)]),
    discard: (ids) => operate(code.discard, [...new Set(ids)]),
    resume: async (key) => (await operate(code.resume, key)) > 0,
    cancel: async (id) => (await operate(code.cancel, id)) > 0,
    purge: ({ dead = false } = {}) => operate(code.purge, dead ? 1 : 0),
  };
}

function readClaim(queue: string, row: readonly unknown[], at: number): Claim {
  return {
    queue,
    key: row[at] as string,
    id: row[at + 1] as string,
    n: row[at + 2] as number,
    payload: readPayload(row[at + 3] as number, row[at + 4] as Payload),
    headers: readHeaders(row[at + 5] as string | null),
    attempts: row[at + 6] as number,
    crashes: row[at + 7] as number,
    fence: row[at + 8] as number,
    enqueuedAt: row[at + 9] as number,
    leaseUntil: row[0] as number,
  };
}

function readDead(queue: string, row: readonly unknown[]): DeadJob {
  const [id, key, form, payload, headers, attempts, reason, error, enqueuedAt, diedAt] = row as [
    string,
    string,
    number,
    Payload,
    string | null,
    number,
    string,
    string | null,
    number,
    number,
  ];
  const job = {
    queue,
    key,
    id,
    payload: readPayload(form, payload),
    headers: readHeaders(headers),
    attempts,
    reason,
    enqueuedAt,
    diedAt,
  };
  return error === null ? job : { ...job, error };
}

function readHeaders(text: string | null): Readonly<Record<string, string>> {
  return text === null ? {} : (JSON.parse(text) as Record<string, string>);
}

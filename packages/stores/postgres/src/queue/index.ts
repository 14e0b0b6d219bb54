import type { Claim, Job, KvWrite, Queue, QueueOptions } from "@devflow/gateway/contract";
import { checkJob, clipError, createDoorbell } from "@devflow/gateway/kit";
import { createBatcher, isDeclined, raised, stateOf, storeError, type Client } from "../client/index.ts";
import { checkWrite, millis, whole } from "../kv.ts";
import { cargo, clean, jobArguments, parcel, readClaim, readDead, readWaiting, valueArguments, type Parcel } from "./wire.ts";

/** A queue with what others need to chain to it. */
export interface PostgresQueue extends Queue {
  /** Checks a job and makes it ready to travel. */
  readonly pack: (job: Job) => Promise<Parcel>;
  /** There may be work, for this process and others. */
  readonly wake: () => void;
}

type Outcome = "inserted" | "duplicate" | "full";
type Verdict = "ok" | "stale" | "conflict";

const outcomes: readonly Outcome[] = ["inserted", "duplicate", "full"];

interface Ack {
  readonly claim: Pick<Claim, "key" | "fence" | "n" | "id">;
  readonly then: readonly Parcel[];
  readonly kv: readonly KvWrite[];
}

export function postgresQueue(
  client: Client,
  name: string,
  options: QueueOptions,
  others: ReadonlyMap<string, PostgresQueue>,
): PostgresQueue {
  const { track, look, write, clock, opTimeoutMs, herald } = client;
  const bell = createDoorbell(clock, client.closed);
  herald.hear(name, bell.ring);
  const wake = (): void => {
    bell.ring();
    herald.tell(name);
  };
  const halts = options.onDead === "halt";
  const ttl = millis(options.dedupeTtlMs);

  let known: number | undefined;
  const number = async (): Promise<number> => (known ??= Number((await write("queue_number", [name]))[0]?.[0]));
  const check = (job: Job): void => checkJob(job, name, options, clock.now());
  const pack = async (job: Job): Promise<Parcel> => parcel(await number(), options, job);
  const other = (queue: string): PostgresQueue => {
    const found = others.get(queue);
    if (found !== undefined) return found;
    const message = `no queue "${queue}" here; call store.queue("${queue}", …) before chaining to it.`;
    throw storeError("options.invalid", message, false);
  };

  const put = async (parcels: readonly Parcel[], atomic: boolean): Promise<readonly Outcome[]> => {
    const load = cargo();
    const args = jobArguments(parcels, load);
    const [row = []] = await write("enqueue", [atomic, ...args, load.bytes()]);
    return (row[0] as readonly number[]).map((outcome) => outcomes[outcome] ?? "full");
  };
  const enqueueOne = createBatcher<Parcel, Outcome>({
    clock,
    opTimeoutMs,
    bytesOf: ({ bytes }) => bytes.byteLength,
    apart: ({ job }) => [job.id],
    inTurn: ({ job }) => [job.key, `\0${job.id}`],
    blames: isDeclined,
    send: (parcels) => put(parcels, false),
  });
  const ackOne = createBatcher<Ack, Verdict>({
    clock,
    opTimeoutMs,
    bytesOf: ({ then, kv }) =>
      then.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) +
      kv.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0),
    apart: ({ claim, then, kv }) => [
      claim.key,
      ...then.map(({ q, job }) => `${q}\0${job.id}`),
      ...kv.map(({ key }) => `\0${key}`),
    ],
    inTurn: ({ claim }) => [claim.key],
    blames: isDeclined,
    async send(acks) {
      const load = cargo();
      const claims = acks.map(({ claim }) => claim);
      const [row = []] = await write("ack", [
        await number(),
        claims.map(({ key }) => key),
        claims.map(({ fence }) => fence),
        claims.map(({ n }) => n),
        claims.map(({ id }) => id),
        ttl,
        ...jobArguments(
          acks.flatMap(({ then }) => then),
          load,
        ),
        ...valueArguments(
          acks.flatMap(({ kv }) => kv),
          load,
        ),
        load.bytes(),
      ]);
      const verdicts: readonly (Verdict | undefined)[] = ["ok", "stale", "conflict"];
      const said = row[0] as readonly number[];
      if ((said[acks.length] ?? 0) > 0) wake();
      return acks.map((_, i) => verdicts[said[i] ?? -1]);
    },
  });
  /** What an operator does; the count tells whether there is something new to claim. */
  const operate = (run: (q: number) => Promise<number>): Promise<number> =>
    track(async () => {
      const count = await run(await number());
      if (count > 0) wake();
      return count;
    });
  const called = async (what: string, values: unknown[]): Promise<number> => Number((await write(what, values))[0]?.[0]);

  return {
    name,
    wake,
    async pack(job) {
      check(job);
      return pack(job);
    },
    enqueue: (jobs, { atomic = false } = {}) =>
      track(async () => {
        jobs.forEach(check);
        const q = await number();
        const parcels = jobs.map((job) => parcel(q, options, job));
        const results = await (atomic
          ? put(parcels, true).catch((error: unknown) => {
              if (stateOf(error) === raised.full) return jobs.map((): Outcome => "full");
              throw error;
            })
          : Promise.all(parcels.map(enqueueOne)));
        wake();
        return results;
      }),
    claim: ({ limit, leaseMs }) =>
      track(async () => {
        const rows = await write("claim", [await number(), whole(limit), millis(leaseMs), whole(options.maxCrashes), halts]);
        return rows.map((row) => readClaim(name, row));
      }),
    extend: (claim, leaseMs) =>
      track(async () => {
        const result = await called("extend", [await number(), claim.key, claim.fence, claim.n, millis(leaseMs)]);
        return result === 0 ? "ok" : "stale";
      }),
    ack: ({ key, fence, n, id }, { then = [], kv = [] } = {}) =>
      track(async () => {
        kv.forEach(checkWrite);
        // A job named twice is stored once.
        const chained = new Map(then.toReversed().map((job) => [`${job.queue}\0${job.id}`, job]));
        const parcels = await Promise.all([...chained.values()].toReversed().map((job) => other(job.queue).pack(job)));
        const result = await ackOne({ claim: { key, fence, n, id }, then: parcels, kv }).catch((error: unknown): Verdict => {
          if (stateOf(error) === raised.conflict) return "conflict";
          if (stateOf(error) !== raised.full) throw error;
          const message = `a queue that "${name}" chains to is full, so it cannot complete ${id}; it stays held.`;
          throw storeError("store.full", message, true);
        });
        for (const queue of new Set(then.map((job) => job.queue))) other(queue).wake();
        return result;
      }),
    nack: (claim, { delayMs, error, countAttempt = true }) =>
      track(async () => {
        const words = error === undefined ? null : clean(clipError(error));
        const held = [await number(), claim.key, claim.fence, claim.n];
        const habits = [whole(options.maxAttempts), options.onRetry === "yield", halts];
        const result = await called("nack", [...held, millis(delayMs), words, countAttempt, ...habits]);
        wake();
        return result === 0 ? "ok" : result === 1 ? "stale" : "dead";
      }),
    dead: (claim, { reason, error }) =>
      track(async () => {
        const words = error === undefined ? null : clean(clipError(error));
        const held = [await number(), claim.key, claim.fence, claim.n];
        const result = await called("kill", [...held, clean(reason), words, halts]);
        wake();
        return result === 0 ? "ok" : "stale";
      }),
    async wait(signal, maxMs) {
      const end = clock.now() + maxMs;
      const since = bell.rings;
      while (!signal.aborted && !client.closed.aborted && bell.rings === since) {
        if (clock.now() >= end) return;
        const [row] = await track(async () => look("next", [await number()]));
        const nextMs = row?.[0] == null ? Infinity : Number(row[0]);
        if (nextMs <= 0) return;
        // The look has taken its time too.
        await bell.sleep(Math.min(end - clock.now(), nextMs, client.pollMs), signal, since);
      }
    },
    stats: () =>
      track(async () => {
        const [row = []] = await look("stats", [await number()]);
        const [ready, scheduled, leased, delayed, dead, lanes, haltedLanes, oldestReadyAgeMs] = row.map(Number) as [
          number,
          number,
          number,
          number,
          number,
          number,
          number,
          number,
        ];
        return { ready, scheduled, leased, delayed, dead, lanes, haltedLanes, oldestReadyAgeMs };
      }),
    peek: (key, limit) =>
      track(async () => {
        const rows = await look("peek", [await number(), key, whole(limit)]);
        return rows.map((row) => readWaiting(name, key, row));
      }),
    listDead: ({ limit, after = "", key }) =>
      track(async () => {
        const rows = await look("list_dead", [await number(), after, key ?? null, whole(limit)]);
        return rows.map((row) => readDead(name, row));
      }),
    replay: (ids, { front = false } = {}) => operate((q) => called("replay", [q, [...new Set(ids)], front])),
    discard: (ids) => operate((q) => called("discard", [q, [...new Set(ids)], ttl])),
    resume: async (key) => (await operate(async (q) => Number((await write("resume", [q, key]))[0]?.[0] === true))) > 0,
    cancel: async (id) => (await operate(async (q) => Number((await write("cancel", [q, id, ttl]))[0]?.[0] === true))) > 0,
    purge: ({ dead = false } = {}) =>
      operate(async (q) => {
        let count = 0;
        for (let step = dead ? 1 : 0; step > 0; count += step) step = await called("discard_some", [q, 1_000, ttl]);
        for (let step = 1; step > 0; count += step) step = await called("forget", [q, 10_000]);
        return count;
      }),
  };
}

import type { Claim, Clock, Job, Limiter, Queue, QueueOptions, Store } from "@devflow/gateway/contract";
import { systemClock } from "@devflow/gateway/kit";
import { memoryStore } from "@devflow/gateway/memory";

/** Makes a store that is wrong in one way. */
export type Fault = (clock: Clock) => Store;

const never = new Promise<never>(() => {});
const work = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end;);
};

/** A store whose queues have some methods of their own, and see other options. */
function queues(patch: (queue: Queue, store: Store, clock: Clock) => Partial<Queue>, options: Partial<QueueOptions> = {}): Fault {
  return (clock) => {
    const store = memoryStore({ clock });
    const made = new Map<string, Queue>();
    return {
      ...store,
      queue(name, wanted) {
        const inner = store.queue(name, { ...wanted, ...options });
        const queue = made.get(name) ?? { ...inner, ...patch(inner, store, clock) };
        made.set(name, queue);
        return queue;
      },
    };
  };
}

const optioned = (options: Partial<QueueOptions>): Fault => queues(() => ({}), options);

/** Jobs are changed on their way in. */
const jobs = (change: (job: Job, now: number) => Job): Fault =>
  queues((queue, _, clock) => ({
    enqueue: (all, options) =>
      queue.enqueue(
        all.map((job) => change(job, clock.now())),
        options,
      ),
  }));

/** Claims are changed on their way out; the store knows them by what they were. */
const claims = (change: (claim: Claim) => Claim): Fault =>
  queues((queue) => ({ claim: async (options) => (await queue.claim(options)).map(change) }));

function parts(patch: (store: Store, clock: Clock) => Partial<Store>): Fault {
  return (clock) => {
    const store = memoryStore({ clock });
    return { ...store, ...patch(store, clock) };
  };
}

const kv = (patch: (inner: Store["kv"]) => Partial<Store["kv"]>): Fault =>
  parts((store) => ({ kv: { ...store.kv, ...patch(store.kv) } }));

const limiter = (patch: (inner: Limiter) => Partial<Limiter>): Fault =>
  parts((store) => ({ limiter: { ...store.limiter, ...patch(store.limiter) } }));

/** A fault for every statement that can be kept or broken by a store in memory. */
export const faults: Readonly<Record<string, Fault>> = {
  "E-1": jobs((job) => ({ ...job, id: `${job.id}${Math.random()}` })),
  "E-2": optioned({ dedupeTtlMs: 1 }),
  "E-4": queues((queue) => ({ enqueue: (all) => queue.enqueue(all) })),
  "E-5": queues((queue) => ({ enqueue: async (all) => (await queue.enqueue(all.toReversed())).toReversed() })),
  "E-6": jobs((job, now) => (job.id.endsWith("1") ? { ...job, runAt: now + 3 } : job)),
  "E-8": optioned({ maxDepth: Infinity }),
  "E-9": optioned({ maxPayloadBytes: Infinity }),
  "E-10": jobs(({ expiresAt: _, ...job }) => job),
  "O-1": queues((queue) => ({
    async claim(options) {
      const found = await queue.claim(options);
      for (const each of found) await queue.nack(each, { delayMs: 0, countAttempt: false });
      return found;
    },
  })),
  "O-2": queues((queue) => ({ claim: async (options) => (await queue.claim(options)).flatMap((each) => [each, each]) })),
  "O-3": optioned({ onRetry: "yield" }),
  "O-4": queues((queue) => ({
    async claim(options) {
      const found = await queue.claim(options);
      if (found[0]?.key !== "quiet") return found;
      await queue.nack(found[0], { delayMs: 60_000, countAttempt: false });
      return queue.claim(options);
    },
  })),
  "O-5": queues((queue) => ({
    async claim(options) {
      work((await queue.stats()).ready / 1_500);
      return queue.claim(options);
    },
  })),
  "O-6": queues((queue) => ({
    async claim(options) {
      work((await queue.stats()).ready / 4_000);
      return queue.claim(options);
    },
  })),
  "C-1": claims((claim) => ({ ...claim, attempts: 1 })),
  "C-2": queues((queue) => ({ claim: (options) => queue.claim({ ...options, leaseMs: 1e9 }) })),
  "C-3": queues((queue, store) => ({
    async ack(claim, effects) {
      const result = await queue.ack(claim, effects);
      if (result === "stale")
        for (const job of effects?.then ?? []) await store.queue(job.queue, {} as QueueOptions).enqueue([job]);
      return result;
    },
  })),
  "C-4": queues((queue) => ({ ack: (claim) => queue.ack(claim) })),
  "C-5": queues((queue) => ({ ack: async (claim) => ((await queue.ack(claim)) === "stale" ? "ok" : "ok") })),
  "C-6": queues((queue, _, clock) => ({ extend: (claim, ms) => queue.extend(claim, claim.leaseUntil - clock.now() + ms) })),
  "C-7": () => memoryStore({ clock: systemClock }),
  "C-9": parts((store) => ({
    leases: {
      async acquire(name, options) {
        const lease = await store.leases.acquire(name, options);
        return lease && { ...lease, fence: 1 };
      },
    },
  })),
  "R-1": queues((queue) => ({ nack: (claim, options) => queue.nack(claim, { ...options, delayMs: 0 }) })),
  "R-2": queues((queue) => {
    let nacked = false;
    return {
      nack: (claim, options) => ((nacked = true), queue.nack(claim, options)),
      claim: async (options) => (nacked ? [] : queue.claim(options)),
    };
  }),
  "R-3": optioned({ onRetry: "block" }),
  "R-4": queues((queue) => ({ nack: (claim, { delayMs }) => queue.nack(claim, { delayMs }) })),
  "R-5": optioned({ maxAttempts: Infinity }),
  "R-6": optioned({ maxCrashes: Infinity }),
  "R-7": queues((queue) => ({ nack: (claim, options) => queue.nack(claim, { ...options, delayMs: options.delayMs * 0.6 }) })),
  "D-1": queues((queue) => ({ dead: async (claim) => ((await queue.nack(claim, { delayMs: 0 })) === "ok" ? "ok" : "stale") })),
  "D-2": optioned({ onDead: "continue" }),
  "D-3": queues((queue) => ({ listDead: async (options) => (await queue.listDead(options)).map(({ error: _, ...job }) => job) })),
  "D-4": queues((queue) => ({ replay: async (ids, options) => (await queue.replay(ids, options), ids.length) })),
  "D-5": queues((queue) => ({
    async dead(claim, options) {
      const result = await queue.dead(claim, options);
      await queue.discard([claim.id]);
      return result;
    },
  })),
  "D-6": queues((queue) => ({ purge: () => queue.purge({ dead: true }) })),
  "S-1": jobs(({ runAt: _, ...job }) => job),
  "S-2": jobs((job, now) => ({ ...job, runAt: now + 250 })),
  "S-3": queues(() => ({ wait: () => never })),
  "S-4": jobs((job, now) => ({ ...job, runAt: Math.min(job.runAt ?? 0, now + 1_000) })),
  "S-5": parts((_, clock) => ({ now: async () => clock.now() })),
  "S-6": queues(() => ({ cancel: async () => true })),
  "X-1": queues((queue) => ({ ack: (claim, effects) => queue.ack(claim, effects).catch(() => queue.ack(claim)) })),
  "X-2": queues((queue) => ({
    ack: (claim, effects) => queue.ack(claim, { then: effects?.then?.map((job, i) => ({ ...job, id: `${job.id}${i}` })) ?? [] }),
  })),
  "X-3": queues((queue) => ({
    ack: (claim, effects) => queue.ack(claim, { ...effects, kv: effects?.kv?.map(({ ifVersion: _, ...write }) => write) ?? [] }),
  })),
  "X-5": queues((queue) => ({
    ack: (claim, effects) =>
      queue.ack(claim, { ...effects, then: effects?.then?.map((job) => ({ ...job, id: `${job.id}${Math.random()}` })) ?? [] }),
  })),
  "X-6": queues((queue, store) => ({
    async ack(claim, effects) {
      const verdict = await queue.ack(claim, effects);
      if (verdict === "stale") for (const { key, value } of effects?.kv ?? []) if (value) await store.kv.set(key, value);
      return verdict;
    },
  })),
  "K-1": kv((inner) => ({ set: (key, value) => inner.set(key, value) })),
  "K-2": kv((inner) => ({ set: (key, value, { ttlMs: _, ...options } = {}) => inner.set(key, value, options) })),
  "K-3": kv((inner) => ({ set: async (key, value, options) => (await inner.set(key, value, options)) && 1 })),
  "K-4": kv((inner) => ({ set: (key, value, options) => inner.set(key, Buffer.from(Buffer.from(value).toString()), options) })),
  "K-5": kv((inner) => ({
    list: async (prefix, options) => (await inner.list(prefix, options)).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  })),
  "K-6": kv((inner) => ({ set: (key, value, options) => inner.set(key, value, { ttlMs: (options?.ttlMs ?? 1e9) / 2 }) })),
  "L-1": limiter(() => ({ take: async () => ({ ok: true, retryAfterMs: 0 }) })),
  "L-2": limiter((inner) => ({
    async take(buckets) {
      const { ok, retryAfterMs } = await inner.take(buckets);
      return { ok, retryAfterMs: retryAfterMs * 2 };
    },
  })),
  "L-3": limiter((inner) => ({
    async take(buckets) {
      let ok = true;
      let retryAfterMs = 0;
      for (const bucket of buckets) {
        const one = await inner.take([bucket]);
        ok &&= one.ok;
        retryAfterMs = Math.max(retryAfterMs, one.retryAfterMs);
      }
      return { ok, retryAfterMs };
    },
  })),
  "L-4": limiter(() => ({ penalize: async () => {} })),
  "L-5": limiter((inner) => ({
    take: (buckets) => inner.take(buckets.map((bucket) => ({ ...bucket, rate: bucket.rate / 1_000 }))),
  })),
  "L-6": () => memoryStore({ clock: systemClock }),
  "L-7": limiter((inner) => ({
    take: (buckets) => inner.take(buckets.map((bucket) => ({ ...bucket, cost: 1, rate: bucket.rate || 1 }))),
  })),
  "L-8": limiter((inner) => ({ take: (buckets) => inner.take(buckets).catch(() => ({ ok: true, retryAfterMs: 0 })) })),
  "M-1": parts((store) => ({ leases: { acquire: (name, options) => store.leases.acquire(`${name}${Math.random()}`, options) } })),
  "M-2": parts((store) => ({
    leases: {
      async acquire(name, options) {
        const lease = await store.leases.acquire(name, options);
        return lease && { ...lease, fence: 7 };
      },
    },
  })),
  "M-3": parts((store) => {
    let latest: Awaited<ReturnType<Store["leases"]["acquire"]>>;
    return {
      leases: {
        async acquire(name, options) {
          latest = await store.leases.acquire(name, options);
          return latest && { fence: latest.fence, lost: latest.lost, release: async () => latest?.release() };
        },
      },
    };
  }),
  "M-4": parts((store) => ({
    leases: {
      async acquire(name, options) {
        const lease = await store.leases.acquire(name, options);
        return lease && { ...lease, lost: new AbortController().signal };
      },
    },
  })),
  "M-5": parts((store) => ({
    leases: {
      async acquire(name, options) {
        const lease = await store.leases.acquire(name, options);
        return lease && { ...lease, release: async () => {} };
      },
    },
  })),
  "M-7": kv((inner) => ({ set: (key, value) => inner.set(key, value) })),
  "P-3": parts((store) => ({ caps: { ...store.caps, durable: "power" } })),
  "V-1": jobs((job) => ({ ...job, key: job.key.normalize(), id: job.id.normalize() })),
  "V-2": claims((claim) => ({
    ...claim,
    payload: typeof claim.payload === "string" ? claim.payload.toWellFormed() : claim.payload,
  })),
  "V-3": jobs(({ headers: _, ...job }) => job),
  "V-4": jobs((job) => ({ ...job, id: job.id.replaceAll("\0", "").toWellFormed().slice(0, 64), key: "k" })),
  "V-5": parts((store) => ({ queue: (name, options) => ({ ...store.queue(name, options) }) })),
  "N-1": queues((queue) => ({
    async stats() {
      const stats = await queue.stats();
      return { ...stats, ready: stats.ready + stats.dead };
    },
  })),
  "N-2": queues((queue) => ({ stats: async () => ({ ...(await queue.stats()), oldestReadyAgeMs: 0 }) })),
  "N-3": queues((queue) => ({ stats: async () => (work(60), queue.stats()) })),
  "G-1": parts(() => {
    let migrated = false;
    return {
      async migrate() {
        if (migrated) throw new Error("There already.");
        migrated = true;
      },
    };
  }),
  "G-3": parts(() => ({ close: async () => {} })),
  "G-4": queues(() => ({ wait: async () => {} })),
  "Q-2": kv((inner) => ({ list: (prefix, options) => inner.list(prefix, { ...options, reverse: false }) })),
  "Q-1": queues((queue) => ({ cancel: async (id) => (await queue.cancel(id)) || id === "id7" })),
};

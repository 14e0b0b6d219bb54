import type { Claim, Job, Queue, QueueOptions } from "../contract/index.ts";
import { checkJob, clipError, GatewayError } from "../kit/index.ts";
import { deadLetters } from "./dead.ts";
import type { MemoryKv } from "./kv.ts";
import type { Item } from "./lane.ts";
import { lanes, type Lanes } from "./lanes.ts";
import { waiters } from "./waiters.ts";
import type { World } from "./world.ts";

export interface MemoryQueue extends Queue {
  readonly lanes: Lanes;
  check(job: Job): void;
}

export function memoryQueue(
  world: World,
  name: string,
  options: QueueOptions,
  others: ReadonlyMap<string, MemoryQueue>,
  kv: MemoryKv,
): MemoryQueue {
  const { open, now } = world;
  const waiting = waiters(world);
  const state = lanes(world, options, waiting.wake);

  const other = (queue: string): MemoryQueue => {
    const found = others.get(queue);
    if (found !== undefined) return found;
    throw new GatewayError(
      "options.invalid",
      `store: no queue "${queue}" here; call store.queue("${queue}", …) before chaining to it.`,
    );
  };
  /** What every call begins with: the time, and the jobs due by then in their lanes. */
  const begin = (): number => {
    open();
    const time = now();
    state.promote(time);
    return time;
  };
  const dead = deadLetters(name, state, begin);
  const check = (job: Job): void => checkJob(job, name, options, now());

  return {
    ...dead,
    name,
    lanes: state,
    check,
    async enqueue(jobs, { atomic = false } = {}) {
      const time = begin();
      jobs.forEach(check);
      if (atomic && !state.fits(jobs, time)) return jobs.map(() => "full" as const);
      return jobs.map((job) => state.put(job, time));
    },
    async claim({ limit, leaseMs }) {
      const time = begin();
      const claims: Claim[] = [];
      while (claims.length < limit) {
        const lane = state.due(time);
        if (lane === undefined) break;
        const item = state.take(lane, time, leaseMs);
        if (item !== undefined) claims.push({ ...shown(name, item), fence: lane.fence, leaseUntil: lane.readyAt });
      }
      return claims;
    },
    async extend(claim, leaseMs) {
      const time = begin();
      const lane = state.held(claim);
      if (lane === undefined) return "stale";
      state.ready(lane, time + leaseMs);
      return "ok";
    },
    async ack(claim, { then = [], kv: writes = [] } = {}) {
      const time = begin();
      for (const job of then) other(job.queue).check(job);
      kv.check(writes);
      const lane = state.held(claim);
      if (lane?.held === undefined) return "stale";
      if (!kv.holds(writes)) return "conflict";
      for (const queue of new Set(then.map((job) => job.queue))) {
        const target = other(queue).lanes;
        target.promote(time);
        const chained = then.filter((job) => job.queue === queue);
        if (target.fits(chained, time, queue === name ? lane.held : undefined)) continue;
        const message = `store: queue "${queue}" is full, so "${name}" cannot complete ${claim.id}; it stays held.`;
        throw new GatewayError("store.full", message, { retryable: true });
      }
      state.finish(lane, lane.held, time);
      for (const job of then) other(job.queue).lanes.put(job, time);
      for (const write of writes) kv.write(write);
      return "ok";
    },
    async nack(claim, { delayMs, error, countAttempt = true }) {
      const time = begin();
      const lane = state.held(claim);
      if (lane?.held === undefined) return "stale";
      const item = lane.held;
      if (error !== undefined) item.error = clipError(error);
      if (!countAttempt) item.attempts -= 1;
      else if (item.attempts >= options.maxAttempts) {
        state.bury(lane, item, "exhausted", time);
        return "dead";
      }
      state.release(lane, item, time, delayMs);
      return "ok";
    },
    async dead(claim, { reason, error }) {
      const time = begin();
      const lane = state.held(claim);
      if (lane?.held === undefined) return "stale";
      if (error !== undefined) lane.held.error = clipError(error);
      state.bury(lane, lane.held, reason, time);
      return "ok";
    },
    wait: (signal, maxMs) => waiting.wait(signal, maxMs, state.nextAt),
    async stats() {
      return state.count(begin());
    },
    async peek(key, limit) {
      const time = begin();
      const lane = state.find(key);
      const inHand = lane !== undefined && lane.readyAt > time ? lane.held : undefined;
      const found: ReturnType<typeof shown>[] = [];
      for (let item = lane?.first; item !== undefined && found.length < limit; item = item.next) {
        if (item !== inHand) found.push(shown(name, item));
      }
      return found;
    },
    async resume(key) {
      return state.resume(key, begin());
    },
    async cancel(id) {
      return state.cancel(id, begin());
    },
  };
}

function shown(queue: string, item: Item): Omit<Claim, "fence" | "leaseUntil"> {
  const { key, id, n, payload, headers, attempts, crashes, enqueuedAt } = item;
  return {
    queue,
    key,
    id,
    n,
    payload: typeof payload === "string" ? payload : payload.slice(),
    headers,
    attempts,
    crashes,
    enqueuedAt,
  };
}

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
  const dead = deadLetters(world, name, state);

  const other = (queue: string): MemoryQueue => {
    const found = others.get(queue);
    if (found !== undefined) return found;
    throw new GatewayError(
      "options.invalid",
      `store: no queue "${queue}" here; call store.queue("${queue}", …) before chaining to it.`,
    );
  };
  const check = (job: Job): void => checkJob(job, name, options, now());

  return {
    ...dead,
    name,
    lanes: state,
    check,
    async enqueue(jobs, { atomic = false } = {}) {
      open();
      jobs.forEach(check);
      const time = now();
      state.promote(time);
      if (atomic && !state.fits(jobs)) return jobs.map(() => "full" as const);
      return jobs.map((job) => state.put(job, time));
    },
    async claim({ limit, leaseMs }) {
      open();
      const time = now();
      state.promote(time);
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
      open();
      const lane = state.held(claim);
      if (lane === undefined) return "stale";
      state.ready(lane, now() + leaseMs);
      return "ok";
    },
    async ack(claim, { then = [], kv: writes = [] } = {}) {
      open();
      for (const job of then) other(job.queue).check(job);
      kv.check(writes);
      const time = now();
      const lane = state.held(claim);
      if (lane?.held === undefined) return "stale";
      if (!kv.holds(writes)) return "conflict";
      for (const queue of new Set(then.map((job) => job.queue))) {
        const target = other(queue).lanes;
        target.promote(time);
        if (!target.fits(then.filter((job) => job.queue === queue))) {
          throw new GatewayError(
            "store.full",
            `store: queue "${queue}" is full, so "${name}" cannot complete ${claim.id}; it stays held.`,
            {
              retryable: true,
            },
          );
        }
      }
      state.finish(lane, lane.held, time);
      for (const job of then) other(job.queue).lanes.put(job, time);
      for (const write of writes) kv.write(write);
      return "ok";
    },
    async nack(claim, { delayMs, error, countAttempt = true }) {
      open();
      const time = now();
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
      open();
      const lane = state.held(claim);
      if (lane?.held === undefined) return "stale";
      if (error !== undefined) lane.held.error = clipError(error);
      state.bury(lane, lane.held, reason, now());
      return "ok";
    },
    wait: (signal, maxMs) => waiting.wait(signal, maxMs, state.nextAt),
    async stats() {
      open();
      state.promote(now());
      return state.count(now());
    },
    async peek(key, limit) {
      open();
      state.promote(now());
      const lane = state.find(key);
      const inHand = lane !== undefined && lane.readyAt > now() ? lane.held : undefined;
      const found: ReturnType<typeof shown>[] = [];
      for (let item = lane?.first; item !== undefined && found.length < limit; item = item.next) {
        if (item !== inHand) found.push(shown(name, item));
      }
      return found;
    },
    async resume(key) {
      open();
      return state.resume(key, now());
    },
    async cancel(id) {
      open();
      state.promote(now());
      return state.cancel(id, now());
    },
  };
}

export function shown(queue: string, item: Item): Omit<Claim, "fence" | "leaseUntil"> {
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

import type { Claim, Job, QueueOptions, QueueStats } from "../contract/index.ts";
import { dictionary } from "../kit/dictionary.ts";
import { heap } from "./heap.ts";
import { ids } from "./ids.ts";
import { append, newItem, newLane, prepend, unlink, type Item, type Lane } from "./lane.ts";
import type { World } from "./world.ts";

/** The lanes of one queue, with what waits for its time and what is dead. */
export interface Lanes {
  /** The dead jobs by id. */
  readonly dead: ReadonlyMap<string, Item>;
  put(job: Job, now: number): "inserted" | "duplicate" | "full";
  /** Whether none of the jobs, counted together, would find the queue or its lane full, once `leaving` has left. */
  fits(jobs: readonly Job[], now: number, leaving?: Item): boolean;
  /** Lets scheduled jobs that are due join their lanes. */
  promote(now: number): void;
  /** Of the lanes that can be claimed, the one that has waited longest. */
  due(now: number): Lane | undefined;
  /** Claims the head of a due lane; undefined when the job was buried instead. */
  take(lane: Lane, now: number, leaseMs: number): Item | undefined;
  find(key: string): Lane | undefined;
  /** The lane that this claim still holds. */
  held(claim: Claim): Lane | undefined;
  ready(lane: Lane, at: number): void;
  finish(lane: Lane, item: Item, now: number): void;
  release(lane: Lane, item: Item, now: number, delayMs: number): void;
  bury(lane: Lane, item: Item, reason: string, now: number): void;
  revive(item: Item, now: number, front: boolean): void;
  discard(item: Item, now: number): void;
  resume(key: string, now: number): boolean;
  cancel(id: string, now: number): boolean;
  forget(now: number): number;
  /** When something becomes claimable; in the past when something is. */
  readonly nextAt: () => number;
  count(now: number): QueueStats;
}

export function lanes({ next }: World, options: QueueOptions, wake: () => void): Lanes {
  const byKey = dictionary<Lane>();
  const order = heap<Lane>((a, b) => (a.readyAt === b.readyAt ? a.turn < b.turn : a.readyAt < b.readyAt));
  const schedule = heap<Item>((a, b) => (a.runAt === b.runAt ? a.turn < b.turn : a.runAt < b.runAt));
  const known = ids(options.dedupeTtlMs);
  const dead = new Map<string, Item>();
  let waiting = 0;

  const ready = (lane: Lane, at: number): void => {
    lane.readyAt = at;
    lane.turn = next();
    order.put(lane);
    wake();
  };
  /** After a job left its lane. */
  const settle = (lane: Lane, now: number): void => {
    if (lane.depth > 0 && !lane.halted) return ready(lane, now);
    order.remove(lane);
    if (!lane.halted) delete byKey[lane.key];
  };
  const leave = (lane: Lane, item: Item): void => {
    unlink(lane, item);
    waiting -= 1;
    if (lane.held === item) lane.held = undefined;
  };
  const join = (item: Item, at: number, front = false): void => {
    let lane = byKey[item.key];
    if (lane === undefined) {
      lane = newLane(item.key);
      byKey[item.key] = lane;
    }
    (front ? prepend : append)(lane, item);
    item.state = "waiting";
    waiting += 1;
    if (lane.depth === 1 && !lane.halted) ready(lane, at);
  };
  const put = (item: Item, now: number): void => {
    if (item.runAt <= now) return join(item, now);
    item.state = "scheduled";
    schedule.put(item);
    wake();
  };
  const open = (lane: Lane, now: number): boolean => {
    if (!lane.halted) return false;
    lane.halted = false;
    settle(lane, now);
    return true;
  };
  const bury = (lane: Lane, item: Item, reason: string, now: number): void => {
    leave(lane, item);
    item.state = "dead";
    item.reason = reason;
    item.diedAt = now;
    dead.set(item.id, item);
    lane.halted = options.onDead === "halt";
    settle(lane, now);
  };
  const isFull = (lane: number, all: number): boolean => lane >= options.maxLaneDepth || all >= options.maxDepth;

  return {
    dead,
    ready,
    bury,
    put(job, now) {
      if (known.has(job.id, now)) return "duplicate";
      known.prune(now, 4);
      // A job for later joins its lane when due, however long that is by then.
      const depth = (job.runAt ?? 0) > now ? 0 : (byKey[job.key]?.depth ?? 0);
      if (isFull(depth, waiting + schedule.size)) return "full";
      const item = newItem(job, now, next());
      known.add(item);
      put(item, now);
      return "inserted";
    },
    fits(jobs, now, leaving) {
      if (waiting + schedule.size + jobs.length <= Math.min(options.maxDepth, options.maxLaneDepth)) return true;
      const others = waiting + schedule.size - (leaving === undefined ? 0 : 1);
      const depthOf = (key: string): number => (byKey[key]?.depth ?? 0) - (leaving?.key === key ? 1 : 0);
      const added = new Map<string, number>();
      const seen = new Set<string>();
      for (const { id, key, runAt = 0 } of jobs) {
        if (seen.has(id) || known.has(id, now)) continue;
        const depth = runAt > now ? 0 : (added.get(key) ?? depthOf(key));
        if (isFull(depth, others + seen.size)) return false;
        seen.add(id);
        if (runAt <= now) added.set(key, depth + 1);
      }
      return true;
    },
    promote(now) {
      for (let item = schedule.first(); item !== undefined && item.runAt <= now; item = schedule.first()) {
        schedule.remove(item);
        join(item, item.runAt);
      }
    },
    due(now) {
      const lane = order.first();
      return lane !== undefined && lane.readyAt <= now ? lane : undefined;
    },
    take(lane, now, leaseMs) {
      const crashed = lane.held;
      if (crashed !== undefined) {
        lane.held = undefined;
        crashed.crashes += 1;
        if (crashed.crashes >= options.maxCrashes) {
          bury(lane, crashed, "poison", now);
          return undefined;
        }
      }
      const item = lane.first as Item;
      if (item.expiresAt <= now) {
        bury(lane, item, "expired", now);
        return undefined;
      }
      item.attempts += 1;
      lane.held = item;
      lane.fence = next();
      lane.readyAt = now + leaseMs;
      lane.turn = lane.fence;
      order.put(lane);
      return item;
    },
    find: (key) => byKey[key],
    held(claim) {
      const lane = byKey[claim.key];
      return lane?.held !== undefined && lane.fence === claim.fence ? lane : undefined;
    },
    finish(lane, item, now) {
      leave(lane, item);
      known.finish(item, now);
      settle(lane, now);
    },
    release(lane, item, now, delayMs) {
      if (options.onRetry === "block") {
        lane.held = undefined;
        return ready(lane, now + delayMs);
      }
      leave(lane, item);
      settle(lane, now);
      item.runAt = now + delayMs;
      item.turn = next();
      put(item, now);
    },
    revive(item, now, front) {
      dead.delete(item.id);
      item.attempts = item.crashes = 0;
      item.error = undefined;
      item.expiresAt = Infinity;
      const lane = byKey[item.key];
      if (lane !== undefined) open(lane, now);
      join(item, now, front);
    },
    discard(item, now) {
      dead.delete(item.id);
      known.finish(item, now);
      const lane = byKey[item.key];
      if (lane !== undefined) open(lane, now);
    },
    resume(key, now) {
      const lane = byKey[key];
      return lane !== undefined && open(lane, now);
    },
    cancel(id, now) {
      const item = known.find(id);
      if (item?.state === "scheduled") {
        schedule.remove(item);
        known.finish(item, now);
        return true;
      }
      const lane = item?.state === "waiting" ? byKey[item.key] : undefined;
      if (item === undefined || lane === undefined) return false;
      const busy = lane.held !== undefined && lane.readyAt > now;
      if (busy && lane.held === item) return false;
      const wasHead = lane.first === item;
      leave(lane, item);
      known.finish(item, now);
      // The head took its backoff with it; everything else leaves the lane's time alone.
      if (lane.depth === 0 || (wasHead && !busy && lane.readyAt > now)) settle(lane, now);
      return true;
    },
    forget: (now) => known.prune(now, Infinity),
    nextAt: () => Math.min(order.first()?.readyAt ?? Infinity, schedule.first()?.runAt ?? Infinity),
    count(now) {
      let leased = 0;
      let delayed = 0;
      let haltedLanes = 0;
      let filled = 0;
      for (const lane of Object.values(byKey)) {
        if (lane === undefined) continue;
        if (lane.depth > 0) filled += 1;
        if (lane.halted) haltedLanes += 1;
        else if (lane.readyAt > now && lane.held !== undefined) leased += 1;
        else if (lane.readyAt > now) delayed += 1;
      }
      const oldestReadyAgeMs = Math.max(0, now - (order.first()?.readyAt ?? now));
      return {
        ready: waiting - leased - delayed,
        scheduled: schedule.size,
        leased,
        delayed,
        dead: dead.size,
        lanes: filled,
        haltedLanes,
        oldestReadyAgeMs,
      };
    },
  };
}

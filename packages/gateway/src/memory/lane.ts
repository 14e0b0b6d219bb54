import type { Job } from "../contract/index.ts";
import type { Placed } from "./heap.ts";

/** A job inside the store. Jobs of a lane are a doubly linked list: any of them may leave at any time. */
export interface Item extends Placed {
  readonly key: string;
  readonly id: string;
  readonly payload: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly enqueuedAt: number;
  state: "scheduled" | "waiting" | "dead" | "gone";
  expiresAt: number;
  runAt: number;
  /** Order of arrival among jobs due at the same time. */
  turn: number;
  n: number;
  attempts: number;
  crashes: number;
  error: string | undefined;
  reason: string;
  diedAt: number;
  previous: Item | undefined;
  next: Item | undefined;
}

/** All waiting jobs of one key. `readyAt` is the only clock the queue looks at: arrival, backoff and lease expiry in one. */
export interface Lane extends Placed {
  readonly key: string;
  readyAt: number;
  /** Breaks ties of `readyAt`: first come, first served. */
  turn: number;
  fence: number;
  held: Item | undefined;
  halted: boolean;
  depth: number;
  /** Place given to the last job. */
  tail: number;
  first: Item | undefined;
  last: Item | undefined;
}

export function newItem(job: Job, now: number, turn: number): Item {
  const { payload } = job;
  return {
    key: job.key,
    id: job.id,
    payload: typeof payload === "string" ? payload : payload.slice(),
    headers: job.headers === undefined ? {} : { ...job.headers },
    enqueuedAt: now,
    state: "waiting",
    expiresAt: job.expiresAt ?? Infinity,
    runAt: job.runAt ?? 0,
    turn,
    n: 0,
    attempts: 0,
    crashes: 0,
    error: undefined,
    reason: "",
    diedAt: 0,
    previous: undefined,
    next: undefined,
    place: -1,
  };
}

export function newLane(key: string): Lane {
  return {
    key,
    readyAt: 0,
    turn: 0,
    fence: 0,
    held: undefined,
    halted: false,
    depth: 0,
    tail: 0,
    first: undefined,
    last: undefined,
    place: -1,
  };
}

export function append(lane: Lane, item: Item): void {
  item.n = lane.tail += 1;
  item.previous = lane.last;
  item.next = undefined;
  if (lane.last === undefined) lane.first = item;
  else lane.last.next = item;
  lane.last = item;
  lane.depth += 1;
}

export function prepend(lane: Lane, item: Item): void {
  if (lane.first === undefined) return append(lane, item);
  item.n = lane.first.n - 1;
  item.previous = undefined;
  item.next = lane.first;
  lane.first.previous = item;
  lane.first = item;
  lane.depth += 1;
}

export function unlink(lane: Lane, item: Item): void {
  if (item.previous === undefined) lane.first = item.next;
  else item.previous.next = item.next;
  if (item.next === undefined) lane.last = item.previous;
  else item.next.previous = item.previous;
  item.previous = item.next = undefined;
  lane.depth -= 1;
}

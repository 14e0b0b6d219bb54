import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Claim, Job, Queue, QueueOptions, Store } from "@devflow/gateway/contract";
import { manualClock, type ManualClock } from "../fakes/clock.ts";
import type { StoreSuiteOptions } from "./options.ts";

/** One promise of a store, under its number. */
export interface StoreStatement {
  readonly id: string;
  readonly says: string;
  /** Why it cannot be tested on this store; undefined when it can. */
  readonly waived?: (options: StoreSuiteOptions) => string | undefined;
  readonly check: (subject: StoreSubject) => Promise<void>;
}

/** A store on a place of its own, and what a test needs to drive it. */
export interface StoreSubject {
  readonly options: StoreSuiteOptions;
  readonly clock: ManualClock;
  readonly place: string;
  /** The store that is open now. */
  readonly store: Store;
  /** How much a heavy test should do: `base` times the volume asked for. */
  volume(base: number): number;
  /** A queue of the open store, generous unless told otherwise. */
  queue(options?: Partial<QueueOptions>, name?: string): Queue;
  /** Closes the store and opens it again: a restart. */
  reopen(): Promise<Store>;
  /** Another store on another place. */
  openAt(place: string): Promise<Store>;
  /** Lets time pass: the store's clock moves by `ms`. */
  advance(ms: number): Promise<void>;
  /** Lets the engine's clock run by itself on the subject's place, for processes that know no other. */
  releaseTime(): Promise<void>;
  /** Whether it comes true without time passing: what is under way may have to go to an engine and back. */
  soon(condition: () => boolean): Promise<boolean>;
  end(): Promise<void>;
}

export const queueDefaults: QueueOptions = {
  dedupeTtlMs: 60_000,
  maxAttempts: 1_000_000,
  maxCrashes: 1_000_000,
  maxDepth: 10_000_000,
  maxLaneDepth: 10_000_000,
  maxPayloadBytes: 1_000_000,
  onRetry: "block",
  onDead: "continue",
};

export async function createSubject(options: StoreSuiteOptions): Promise<StoreSubject> {
  const place = await mkdtemp(join(tmpdir(), "devflow-store-"));
  const clock = manualClock();
  const opened = new Set<Store>();
  const places = new Set<string>();
  const openAt = async (where: string): Promise<Store> => {
    const store = await options.open({ clock, place: where });
    opened.add(store);
    await store.migrate();
    await options.setTime?.(where, clock.now());
    places.add(where);
    return store;
  };
  let store = await openAt(place);
  return {
    options,
    clock,
    place,
    get store() {
      return store;
    },
    volume: (base) => Math.ceil(base * (options.volume ?? Number(process.env["DEVFLOW_VOLUME"] ?? 1))),
    queue: (overrides = {}, name = "inbox") => store.queue(name, { ...queueDefaults, ...overrides }),
    async reopen() {
      await store.close();
      store = await openAt(place);
      return store;
    },
    openAt,
    async advance(ms) {
      if (options.ownClock === true) return pause(ms);
      if (options.setTime !== undefined) for (const each of places) await options.setTime(each, clock.now() + ms);
      await clock.advance(ms);
    },
    async releaseTime() {
      places.delete(place);
      await options.setTime?.(place, undefined);
    },
    async soon(condition) {
      for (const end = performance.now() + 10_000; !condition() && performance.now() < end;) await pause(5);
      return condition();
    },
    async end() {
      for (const each of opened) await each.close();
      await rm(place, { recursive: true, force: true });
    },
  };
}

/** Lets real time pass. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** A job with little to say. */
export function job(id: string, key = "k", more: Partial<Job> = {}): Job {
  return { key, id, payload: `payload of ${id}`, ...more };
}

/** Jobs `<name>0` … of one lane or, with `keys`, of several in turn. */
export function jobs(count: number, name = "j", keys = 1): Job[] {
  return Array.from({ length: count }, (_, i) => job(`${name}${i}`, keys === 1 ? "k" : `k${i % keys}`));
}

/** Claims with a lease of a minute unless told otherwise: longer than any test takes on a clock that runs by itself. */
export function claim(queue: Queue, limit = 1, leaseMs = 60_000): Promise<readonly Claim[]> {
  return queue.claim({ limit, leaseMs, worker: "suite" });
}

/** Claims one job, which must be there. */
export async function claimOne(queue: Queue, leaseMs = 60_000): Promise<Claim> {
  const [first] = await claim(queue, 1, leaseMs);
  if (first === undefined) throw new Error(`Nothing to claim in "${queue.name}".`);
  return first;
}

/** Claims and acks until nothing is left; the ids in their order. */
export async function drain(queue: Queue, limit = 1): Promise<string[]> {
  const done: string[] = [];
  for (;;) {
    const claims = await claim(queue, limit);
    if (claims.length === 0) return done;
    for (const each of claims) {
      await queue.ack(each);
      done.push(each.id);
    }
  }
}

/** Whether the error has the code, for `assert.rejects`. */
export function hasCode(code: string): (error: unknown) => boolean {
  return (error) => typeof error === "object" && error !== null && "code" in error && error.code === code;
}

/** For statements about what outlives the store. */
export function needsDurability({ caps }: StoreSuiteOptions): string | undefined {
  return caps.durable === "none" ? "the store keeps nothing beyond its process" : undefined;
}

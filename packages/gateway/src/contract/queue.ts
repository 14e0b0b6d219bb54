import type { KvWrite } from "./kv.ts";

/** Bounds and habits of a queue. */
export interface QueueOptions {
  /** How long the id of a finished job is remembered. */
  readonly dedupeTtlMs: number;
  readonly maxAttempts: number;
  /** Claims that may end by expiry (a dead process) before the job is poison. */
  readonly maxCrashes: number;
  readonly maxDepth: number;
  readonly maxLaneDepth: number;
  readonly maxPayloadBytes: number;
  /** `block`: a job that waits for its retry keeps its lane. `yield`: it rejoins at the tail. */
  readonly onRetry: "block" | "yield";
  /** `halt`: a dead job stops its lane until somebody decides. */
  readonly onDead: "continue" | "halt";
}

/** Work to keep. Jobs of one `key` form a lane: first in, first out, one at a time. */
export interface Job {
  /** At most 512 bytes of UTF-8, no U+0000; as `id`. */
  readonly key: string;
  readonly id: string;
  readonly payload: string | Uint8Array;
  /** Not before (store clock); it joins its lane when due. */
  readonly runAt?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Dead with reason `expired` if not claimed before. */
  readonly expiresAt?: number;
}

/** A job in our hands, until `leaseUntil`. */
export interface Claim {
  readonly queue: string;
  readonly key: string;
  readonly id: string;
  /** Place in its lane. */
  readonly n: number;
  readonly payload: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** Claims so far that count, this one included. */
  readonly attempts: number;
  readonly crashes: number;
  readonly fence: number;
  readonly enqueuedAt: number;
  readonly leaseUntil: number;
}

/** A job that will not run again by itself. */
export interface DeadJob {
  readonly queue: string;
  readonly key: string;
  readonly id: string;
  readonly payload: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly reason: string;
  /** At most 4 KiB, without secrets. */
  readonly error?: string;
  readonly enqueuedAt: number;
  readonly diedAt: number;
}

export interface QueueStats {
  readonly ready: number;
  readonly scheduled: number;
  readonly leased: number;
  readonly delayed: number;
  readonly dead: number;
  readonly lanes: number;
  readonly haltedLanes: number;
  readonly oldestReadyAgeMs: number;
}

export interface Queue {
  readonly name: string;
  /**
   * Durable once resolved, each element by itself unless `atomic`. `full` stores nothing and does not burn the id. Rejects as a whole
   * with `payload.oversized` and `key.invalid`, and with `options.invalid` for a `runAt` more than 400 days ahead.
   */
  enqueue(jobs: readonly Job[], options?: { readonly atomic?: boolean }): Promise<readonly ("inserted" | "duplicate" | "full")[]>;
  /** Heads of free lanes, longest waiting first. */
  claim(options: { readonly limit: number; readonly leaseMs: number; readonly worker: string }): Promise<readonly Claim[]>;
  extend(claim: Claim, leaseMs: number): Promise<"ok" | "stale">;
  /**
   * Done: with it, or not at all, go the jobs of `then` and the writes of `kv`. `conflict`: an `ifVersion` failed, the claim is still
   * held; held it is too after `store.full`, when a job of `then` finds no room.
   */
  ack(
    claim: Claim,
    effects?: { readonly then?: readonly ({ readonly queue: string } & Job)[]; readonly kv?: readonly KvWrite[] },
  ): Promise<"ok" | "stale" | "conflict">;
  nack(
    claim: Claim,
    options: { readonly delayMs: number; readonly error?: string; readonly countAttempt?: boolean },
  ): Promise<"ok" | "stale" | "dead">;
  dead(claim: Claim, options: { readonly reason: string; readonly error?: string }): Promise<"ok" | "stale">;
  /** Resolves when there may be something to claim, when `signal` aborts, or after `maxMs`. A hint, no more. */
  wait(signal: AbortSignal, maxMs: number): Promise<void>;
  stats(): Promise<QueueStats>;
  /** Jobs waiting in a lane, head first, without claiming them; the one in hand is not among them. */
  peek(key: string, limit: number): Promise<readonly Omit<Claim, "fence" | "leaseUntil">[]>;
  /** In the order of the bytes of their ids; `after` is exclusive. */
  listDead(options: { readonly limit: number; readonly after?: string; readonly key?: string }): Promise<readonly DeadJob[]>;
  /** How many of the dead jobs went back into their lanes, without attempts and expiry: at the tail, or before everything with `front`. */
  replay(ids: readonly string[], options?: { readonly front?: boolean }): Promise<number>;
  discard(ids: readonly string[]): Promise<number>;
  /** Opens a halted lane. */
  resume(key: string): Promise<boolean>;
  /** Removes a job that waits or is scheduled and not being run. Its id, as that of a discarded one, is remembered like a finished one's. */
  cancel(id: string): Promise<boolean>;
  /** Forgets expired ids and, with `dead`, all dead jobs. */
  purge(options?: { readonly dead?: boolean }): Promise<number>;
}

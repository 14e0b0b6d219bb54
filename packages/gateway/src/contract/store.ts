import type { Bucket } from "./capability.ts";
import type { Kv } from "./kv.ts";
import type { Queue, QueueOptions } from "./queue.ts";

/** A durable place for queues, small values, limits and leases. What each promise means is numbered in @devflow/conformance. */
export interface Store {
  readonly caps: {
    /** What an acknowledged write survives: nothing, the death of a process, a power cut. */
    readonly durable: "none" | "process" | "power";
    readonly multiProcess: boolean;
    readonly multiNode: boolean;
    readonly atomicChain: boolean;
    /** True when `wait` wakes at once; else it polls. */
    readonly push: boolean;
  };
  /** Creates or upgrades the layout. Idempotent, safe to run from many processes at once; refuses a layout newer than it knows. */
  migrate(): Promise<void>;
  /** The queue of that name (`^[a-z][a-z0-9_-]{0,47}$`), the same object each time; options count on the first call. */
  queue(name: string, options: QueueOptions): Queue;
  readonly kv: Kv;
  readonly limiter: Limiter;
  readonly leases: Leases;
  /** The store's clock, milliseconds since the epoch. Never decreases within a process. */
  now(): Promise<number>;
  health(): Promise<{ readonly ok: boolean; readonly latencyMs: number; readonly detail?: string }>;
  /** Flushes and disconnects. Nothing is written afterwards; later calls reject with `store.closed`. */
  close(): Promise<void>;
}

/** GCRA over all processes of the store. */
export interface Limiter {
  /** Takes from all buckets or from none. `retryAfterMs` is exact. */
  take(buckets: readonly Bucket[]): Promise<{ readonly ok: boolean; readonly retryAfterMs: number }>;
  /** Nothing may be taken from the bucket before `untilMs` (store clock). Never shortens. */
  penalize(key: string, untilMs: number): Promise<void>;
}

export interface Leases {
  /** Undefined while somebody has it, the same holder included. The store renews it until `release`, close, or loss. */
  acquire(name: string, options: { readonly holder: string; readonly ttlMs: number }): Promise<Lease | undefined>;
}

/** The right to be the only one. */
export interface Lease {
  /** Strictly greater with each acquisition, store-wide. */
  readonly fence: number;
  /** Aborts before anybody else can acquire the lease. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

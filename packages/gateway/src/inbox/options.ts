import type { QueueOptions } from "../contract/index.ts";

/** How the inbox works; see {@link inboxDefaults}. */
export interface InboxOptions {
  /** Conversations handled at once. */
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  /** Longest time for the handlers of one event; then their signal aborts and the delivery is tried again. */
  readonly maxRunMs: number;
  /** First and longest pause between attempts. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  readonly queue: QueueOptions;
}

export const inboxDefaults: InboxOptions = {
  concurrency: 256,
  leaseMs: 30_000,
  pollMs: 250,
  maxRunMs: 300_000,
  retryBaseMs: 1000,
  retryCapMs: 300_000,
  queue: {
    dedupeTtlMs: 7 * 24 * 3_600_000,
    maxAttempts: 8,
    maxCrashes: 3,
    maxDepth: 1_000_000,
    maxLaneDepth: 100_000,
    maxPayloadBytes: 4_194_304,
    onRetry: "block",
    onDead: "continue",
  },
};

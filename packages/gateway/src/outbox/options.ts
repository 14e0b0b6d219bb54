import type { QueueOptions } from "../contract/index.ts";

/** How the outbox works; see {@link outboxDefaults}. */
export interface OutboxOptions {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  /** Longest time for one call to a platform. */
  readonly sendTimeoutMs: number;
  /**
   * How long an operation may wait and be retried at most, before it is a dead letter. `queue.maxAttempts` may end it sooner; attempts
   * while the breaker of its account is open do not count, but for the first.
   */
  readonly budgetMs: number;
  readonly queue: QueueOptions;
}

export const outboxDefaults: OutboxOptions = {
  concurrency: 64,
  leaseMs: 60_000,
  pollMs: 250,
  sendTimeoutMs: 30_000,
  budgetMs: 24 * 3_600_000,
  queue: {
    dedupeTtlMs: 7 * 24 * 3_600_000,
    maxAttempts: 20,
    maxCrashes: 3,
    maxDepth: 1_000_000,
    maxLaneDepth: 100_000,
    maxPayloadBytes: 1_048_576,
    onRetry: "block",
    onDead: "continue",
  },
};

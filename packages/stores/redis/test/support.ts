import type { QueueOptions } from "@devflow/gateway/contract";

export const queueOptions: QueueOptions = {
  dedupeTtlMs: 1_000,
  maxAttempts: 3,
  maxCrashes: 3,
  maxDepth: 100_000,
  maxLaneDepth: 100_000,
  maxPayloadBytes: 10_000_000,
  onRetry: "block",
  onDead: "continue",
};

export const job = (
  id: string,
  key = "k",
  payload = "p",
): { readonly key: string; readonly id: string; readonly payload: string } => ({
  key,
  id,
  payload,
});

export const claimOf = { limit: 100, leaseMs: 60_000, worker: "w" };

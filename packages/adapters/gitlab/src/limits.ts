import type { Address, Bucket, OperationKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** What GitLab counts apart. */
export type Pool = "api" | "notes" | "issues" | "pipelines" | "search" | "users";

// GitLab.com's numbers, docs of 2025. A self-managed instance is slower only where its administrator made it so.
const rates: Readonly<Record<Pool, { readonly rate: number; readonly periodMs: number; readonly burst: number }>> = {
  api: { rate: 2000, periodMs: 60_000, burst: 200 },
  notes: { rate: 60, periodMs: 60_000, burst: 20 },
  issues: { rate: 200, periodMs: 60_000, burst: 40 },
  pipelines: { rate: 25, periodMs: 60_000, burst: 10 },
  search: { rate: 10, periodMs: 60_000, burst: 5 },
  users: { rate: 300, periodMs: 600_000, burst: 60 },
};

const pools: Readonly<Partial<Record<OperationKind, Pool>>> = {
  "message.post": "notes",
  "review.submit": "notes",
  "issue.create": "issues",
  "pipeline.run": "pipelines",
};

/** Key of a pool's bucket: pipelines are counted per project, the rest per user. */
export function bucketKey(pool: Pool, account: string, room: string): string {
  return addressKey({ platform: "gitlab", account, room: pool, ...(pool === "pipelines" ? { thread: room } : {}) });
}

/** What an operation draws from: its own pool, then that of all calls. */
export function limits(kind: OperationKind, to: Address): readonly Bucket[] {
  const pool = pools[kind];
  const own = pool === undefined ? [] : [bucket(pool, to)];
  return [...own, bucket("api", to)];
}

function bucket(pool: Pool, { account, room }: Address): Bucket {
  return { key: bucketKey(pool, account, room), ...rates[pool] };
}

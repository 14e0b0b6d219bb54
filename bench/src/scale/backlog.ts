import { postgresStore } from "@devflow/postgres";
import { redisStore } from "@devflow/redis";
import { median, shown, table } from "../numbers.ts";

const queueOptions = {
  dedupeTtlMs: 3_600_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 10_000_000,
  maxLaneDepth: 10_000_000,
  maxPayloadBytes: 1_000_000,
  onRetry: "block",
  onDead: "continue",
} as const;
const lanes = 500;
const payload = "x".repeat(400);

/** What a claim costs with ever more jobs waiting: a table. */
export async function backlogTimes(url: string, sizes: readonly number[]): Promise<string> {
  const store = url.startsWith("redis") ? redisStore({ url }) : postgresStore({ url });
  await store.migrate();
  const queue = store.queue("backlog", queueOptions);
  const rows: string[][] = [];
  let waiting = 0;
  let first: number | undefined;
  for (const size of sizes) {
    for (; waiting < size; waiting += 1000) {
      const jobs = Array.from({ length: 1000 }, (_, index) => ({
        key: `k${(waiting + index) % lanes}`,
        id: `j${waiting + index}`,
        payload,
      }));
      await queue.enqueue(jobs);
    }
    const times: number[] = [];
    for (let round = 0; round < 200; round += 1) {
      const from = performance.now();
      const claims = await queue.claim({ limit: 16, leaseMs: 60_000, worker: "bench" });
      times.push(performance.now() - from);
      // Given back where they were, so that as many wait as before.
      await Promise.all(claims.map((claim) => queue.nack(claim, { delayMs: 0, countAttempt: false })));
    }
    const from = performance.now();
    await queue.stats();
    const statsMs = performance.now() - from;
    const sorted = times.toSorted((a, b) => a - b);
    first ??= median(times);
    rows.push([
      size.toLocaleString("en"),
      shown(median(times)),
      shown(sorted[Math.floor(sorted.length * 0.99)] ?? NaN),
      `${(median(times) / first).toFixed(2)} ×`,
      shown(statsMs),
    ]);
  }
  await store.close();
  return table(["jobs waiting", "claim of 16, p50 ms", "p99 ms", "against the first", "stats ms"], rows);
}

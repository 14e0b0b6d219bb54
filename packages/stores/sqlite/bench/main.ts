/**
 * What a job costs: `node --conditions=development bench/main.ts [jobs] [synchronous]`. CPU is that of the whole process, all
 * threads, user and system.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job, Queue, QueueOptions } from "@devflow/gateway/contract";
import { sqliteStore } from "../src/index.ts";

const count = Number(process.argv[2] ?? 20_000);
const synchronous = process.argv[3] === "NORMAL" ? "NORMAL" : "FULL";
const producers = 64;
const workers = 2;
const lanes = 500;
const options: QueueOptions = {
  dedupeTtlMs: 7 * 86_400_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 1_000_000,
  maxLaneDepth: 100_000,
  maxPayloadBytes: 1_048_576,
  onRetry: "block",
  onDead: "continue",
};
const payload = JSON.stringify({ type: "message", text: "x".repeat(400) });

const folder = mkdtempSync(join(tmpdir(), "devflow-bench-"));
const store = sqliteStore({ file: join(folder, "gateway.db"), synchronous, opTimeoutMs: 60_000 });
await store.migrate();
const inbox = store.queue("inbox", options);
const outbox = store.queue("outbox", options);

function job(run: string, i: number): Job {
  return { key: `slack/T1/C${i % lanes}`, id: `slack:Ev${run}${i}`, payload };
}

async function produce(run: string): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: producers }, async () => {
      for (let i = (next += 1); i <= count; i = next += 1) await inbox.enqueue([job(run, i)]);
    }),
  );
}

async function consume(queue: Queue, chained: boolean): Promise<void> {
  const work = async (): Promise<void> => {
    for (;;) {
      const claims = await queue.claim({ limit: 32, leaseMs: 60_000, worker: "bench" });
      if (claims.length === 0) return;
      await Promise.all(
        claims.map((claim) => {
          if (!chained) return queue.ack(claim);
          return queue.ack(claim, { then: [{ queue: "outbox", key: claim.key, id: `${claim.id}/1`, payload }] });
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

async function measure(name: string, run: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1_000;
  const perJob = ((user + system) / count).toFixed(1).padStart(6);
  console.log(
    `${name.padEnd(34)} ${perJob} µs CPU per job  ${Math.round(count / seconds)
      .toString()
      .padStart(7)} per second`,
  );
}

console.log(`${count} jobs of ${payload.length} bytes, ${lanes} lanes, synchronous ${synchronous}, Node ${process.version}`);
for (const run of ["warm-up", "a", "b"]) {
  await measure(`${run}: enqueue`, () => produce(run));
  await measure(`${run}: claim, ack`, () => consume(inbox, false));
}
await measure("chain: enqueue", () => produce("chain"));
await measure("chain: claim, ack with one then", () => consume(inbox, true));
await measure("chain: claim, ack of the chained", () => consume(outbox, false));
await measure("both at once: enqueue, claim, ack", async () => {
  const producing = produce("both");
  const over = new AbortController();
  void producing.then(() => over.abort());
  while (!over.signal.aborted) await consume(inbox, false);
  await consume(inbox, false);
});
const latencies: number[] = [];
for (let i = 0; i < 300; i += 1) {
  const start = performance.now();
  await inbox.enqueue([job("single", i)]);
  latencies.push(performance.now() - start);
}
latencies.sort((a, b) => a - b);
console.log(`one enqueue alone: p50 ${latencies[150]?.toFixed(2)} ms, p99 ${latencies[297]?.toFixed(2)} ms`);
await store.close();
rmSync(folder, { recursive: true });

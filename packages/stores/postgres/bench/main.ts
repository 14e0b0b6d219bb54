/**
 * What a job costs: `node --conditions=development bench/main.ts [jobs] [url]`. Without a url it starts a server of its own.
 * CPU is that of this process and, on Linux, of the server: all threads and processes, user and system.
 */
import { readdirSync, readFileSync } from "node:fs";
import { startPostgres } from "@devflow/conformance/engines";
import type { Job, Queue, QueueOptions } from "@devflow/gateway/contract";
import { postgresStore } from "../src/index.ts";

const count = Number(process.argv[2] ?? 20_000);
const producers = 64;
const workers = 2;
const lanes = 500;
const options: QueueOptions = {
  dedupeTtlMs: 7 * 86_400_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 10_000_000,
  maxLaneDepth: 1_000_000,
  maxPayloadBytes: 1_048_576,
  onRetry: "block",
  onDead: "continue",
};
const payload = JSON.stringify({ type: "message", text: "x".repeat(400) });

const engine = process.argv[3] === undefined ? await startPostgres() : undefined;
const store = postgresStore({ url: process.argv[3] ?? engine?.url() ?? "", opTimeoutMs: 60_000 });
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

/** Milliseconds of processor time of the server and all its processes, those that have ended included. */
function serverCpu(): number {
  if (engine === undefined || process.platform !== "linux") return 0;
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      if (!stat.includes("(postgres)")) continue;
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      ticks += (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0);
    } catch {
      // It has ended in between.
    }
  }
  return ticks * 10;
}

async function measure(name: string, run: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage();
  const serverBefore = serverCpu();
  const start = performance.now();
  await run();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1_000;
  const ours = ((user + system) / count).toFixed(0).padStart(4);
  const server = (((serverCpu() - serverBefore) * 1_000) / count).toFixed(0).padStart(4);
  const rate = Math.round(count / seconds).toString();
  console.log(`${name.padEnd(34)} ${ours} + ${server} µs CPU per job, here and in the server ${rate.padStart(7)} per second`);
}

console.log(`${count} jobs of ${payload.length} bytes, ${lanes} lanes, Node ${process.version}`);
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
const times = async (what: string, run: (i: number) => Promise<unknown>): Promise<void> => {
  const all: number[] = [];
  for (let i = 0; i < 300; i += 1) {
    const start = performance.now();
    await run(i);
    all.push(performance.now() - start);
  }
  all.sort((a, b) => a - b);
  console.log(`${what}: p50 ${all[150]?.toFixed(2)} ms, p99 ${all[297]?.toFixed(2)} ms`);
};
await times("one enqueue alone", (i) => inbox.enqueue([job("single", i)]));
await times("one take of three buckets", (i) =>
  store.limiter.take(["all", "method", `chat${i}`].map((key) => ({ key, rate: 1e6, periodMs: 1, burst: 1e6 }))),
);
await store.close();
await engine?.remove();

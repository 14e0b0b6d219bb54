/**
 * What a job costs: `node --conditions=development bench/main.ts [jobs] [always|everysec]`. CPU is that of this process and of the
 * server together, the server's share in brackets. The server is started for it.
 */
import type { Job, Queue, QueueOptions } from "@devflow/gateway/contract";
import { startRedis } from "@devflow/conformance/engines";
import { Redis } from "ioredis";
import { redisStore } from "../src/index.ts";

const count = Number(process.argv[2] ?? 20_000);
const appendfsync = process.argv[3] ?? "always";
const producers = 64;
const workers = 2;
const lanes = 500;
const options: QueueOptions = {
  dedupeTtlMs: 7 * 86_400_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 10_000_000,
  maxLaneDepth: 100_000,
  maxPayloadBytes: 1_048_576,
  onRetry: "block",
  onDead: "continue",
};
const payload = JSON.stringify({ type: "message", text: "x".repeat(400) });

const engine = await startRedis({ settings: { appendfsync } });
const store = redisStore({ url: engine.url(), durable: appendfsync === "always" ? "power" : "process", strict: true });
await store.migrate();
const server = new Redis(engine.url());
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

async function serverCpu(): Promise<number> {
  const info = await server.info("cpu");
  return 1e6 * (Number(/used_cpu_sys:(.*)/.exec(info)?.[1]) + Number(/used_cpu_user:(.*)/.exec(info)?.[1]));
}

async function measure(name: string, run: () => Promise<void>): Promise<void> {
  const serverBefore = await serverCpu();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const theirs = (await serverCpu()) - serverBefore;
  const perJob = `${((user + system + theirs) / count).toFixed(1)} (${(theirs / count).toFixed(1)})`;
  console.log(
    `${name.padEnd(34)} ${perJob.padStart(14)} µs CPU per job ${String(Math.round(count / seconds)).padStart(8)} per second`,
  );
}

console.log(`${count} jobs of ${payload.length} bytes, ${lanes} lanes, appendfsync ${appendfsync}, Node ${process.version}`);
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
server.disconnect();
await engine.remove();

/**
 * What a job costs in a store: `pnpm run bench:store sqlite|postgres|redis [jobs]`. Servers are started for it, as they come; Redis
 * with `appendfsync always`, or `everysec` where `redis-everysec` is named. CPU is that of all threads and processes, user and system.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres, startRedis } from "@devflow/conformance/engines";
import type { Job, Queue, Store } from "@devflow/gateway";
import { postgresStore } from "@devflow/postgres";
import { redisStore } from "@devflow/redis";
import { sqliteStore } from "@devflow/sqlite";
import { engineCpuUs, listener } from "./processes.ts";

const [kind = "sqlite", jobs = "20000"] = process.argv.slice(2);
const count = Number(jobs);
const producers = 64;
const workers = 2;
const lanes = 500;
const options = {
  dedupeTtlMs: 7 * 86_400_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 10_000_000,
  maxLaneDepth: 1_000_000,
  maxPayloadBytes: 1_048_576,
  onRetry: "block",
  onDead: "continue",
} as const;
const payload = JSON.stringify({ type: "message", text: "x".repeat(400) });

interface Opened {
  readonly store: Store;
  readonly pid?: number;
  remove(): Promise<void>;
}

async function open(): Promise<Opened> {
  if (kind === "postgres") {
    const engine = await startPostgres();
    return { store: postgresStore({ url: engine.url() }), pid: listener(engine.port), remove: engine.remove };
  }
  if (kind.startsWith("redis")) {
    const everysec = kind === "redis-everysec";
    const engine = await startRedis(everysec ? { settings: { appendfsync: "everysec" } } : {});
    const store = redisStore({ url: engine.url(), durable: everysec ? "process" : "power", strict: true });
    return { store, pid: listener(engine.port), remove: engine.remove };
  }
  const folder = mkdtempSync(join(tmpdir(), "devflow-bench-"));
  const remove = async (): Promise<void> => rmSync(folder, { recursive: true });
  return { store: sqliteStore({ file: join(folder, "bench.db") }), remove };
}

const { store, pid, remove } = await open();
await store.migrate();
const inbox = store.queue("inbox", options);
const outbox = store.queue("outbox", options);

function job(run: string, index: number): Job {
  return { key: `slack/T1/C${index % lanes}`, id: `slack:Ev${run}${index}`, payload };
}

async function produce(run: string): Promise<void> {
  let next = 0;
  const line = async (): Promise<void> => {
    for (let index = (next += 1); index <= count; index = next += 1) await inbox.enqueue([job(run, index)]);
  };
  await Promise.all(Array.from({ length: producers }, line));
}

async function consume(queue: Queue, chained: boolean): Promise<void> {
  const work = async (): Promise<void> => {
    for (;;) {
      const claims = await queue.claim({ limit: 32, leaseMs: 60_000, worker: "bench" });
      if (claims.length === 0) return;
      const done = claims.map((claim) =>
        queue.ack(claim, chained ? { then: [{ queue: "outbox", key: claim.key, id: `${claim.id}/1`, payload }] } : {}),
      );
      await Promise.all(done);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

async function measure(what: string, run: () => Promise<void>): Promise<void> {
  const before = process.cpuUsage();
  const serverBefore = pid === undefined ? 0 : engineCpuUs(pid);
  const from = performance.now();
  await run();
  const { user, system } = process.cpuUsage(before);
  const perSecond = (count / (performance.now() - from)) * 1000;
  const server = pid === undefined ? "" : ` + ${((engineCpuUs(pid) - serverBefore) / count).toFixed(0)} in the server`;
  console.log(`${what.padEnd(34)} ${((user + system) / count).toFixed(0)} µs${server}, ${perSecond.toFixed(0)} a second`);
}

console.log(`${kind}: ${count} jobs of ${payload.length} bytes, ${lanes} lanes, Node ${process.version}`);
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
await store.close();
await remove();

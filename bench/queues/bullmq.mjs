import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

const shards = 32;

/** The free edition has no order per key: as many queues as shards, each worked on one job at a time, and a key stays in its shard. */
export async function open(url) {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queues = Array.from({ length: shards }, (_, shard) => new Queue(`bench-${shard}`, { connection }));
  const workers = [];
  return {
    async prepare() {
      for (const queue of queues) await queue.setGlobalConcurrency(1);
    },
    async add({ key, id, payload }) {
      const queue = queues[Number(key.slice(1)) % shards];
      await queue.add("bench", { payload }, { jobId: id, removeOnComplete: true });
    },
    async work(concurrency, handle) {
      for (const { name } of queues)
        workers.push(new Worker(name, (job) => handle(job.data.payload), { connection, concurrency: 1 }));
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close(true)));
      await Promise.all(queues.map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

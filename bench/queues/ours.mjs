import { postgresStore } from "@devflow/postgres";
import { redisStore } from "@devflow/redis";

const options = {
  dedupeTtlMs: 3_600_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 10_000_000,
  maxLaneDepth: 10_000_000,
  maxPayloadBytes: 1_000_000,
  onRetry: "block",
  onDead: "continue",
};

/** A lane per key, as the gateway's inbox and outbox use it. */
export async function open(url) {
  const store = url.startsWith("redis") ? redisStore({ url }) : postgresStore({ url });
  const stopping = new AbortController();
  const loops = [];
  return {
    prepare: () => store.migrate(),
    async add({ key, id, payload }) {
      await store.queue("bench", options).enqueue([{ key, id, payload }]);
    },
    async work(concurrency, handle) {
      const queue = store.queue("bench", options);
      let free = concurrency;
      let freed = () => {};
      const one = async (claim) => {
        await handle(claim.payload.toString());
        // As the gateway does: the next claim goes to the store together with the acknowledgement.
        free += 1;
        freed();
        await queue.ack(claim);
      };
      const loop = async () => {
        while (!stopping.signal.aborted) {
          if (free === 0) {
            await new Promise((resolve) => (freed = resolve));
            // Jobs end together: one claim for all of them.
            await new Promise((resolve) => setImmediate(resolve));
            continue;
          }
          const asked = free;
          const claims = await queue.claim({ limit: asked, leaseMs: 30_000, worker: String(process.pid) });
          free -= claims.length;
          for (const claim of claims) void one(claim);
          if (claims.length < asked) await queue.wait(stopping.signal, 250);
        }
      };
      loops.push(loop());
    },
    async close() {
      stopping.abort();
      await Promise.all(loops);
      await store.close();
    },
  };
}

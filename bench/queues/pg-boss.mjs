import { PgBoss } from "pg-boss";

/** Its policy `key_strict_fifo`; fetched and completed by us without its pauses between polls, which is the fastest way it has. */
export async function open(connectionString) {
  const boss = new PgBoss({ connectionString, max: 20, monitorIntervalSeconds: 1 });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  let stopping = false;
  const loops = [];
  return {
    prepare: () => boss.createQueue("bench", { policy: "key_strict_fifo" }),
    async add({ key, payload }) {
      await boss.send("bench", { payload }, { singletonKey: key });
    },
    async work(concurrency, handle) {
      const loop = async () => {
        while (!stopping) {
          const jobs = await boss.fetch("bench", { batchSize: concurrency });
          if (jobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
          await Promise.all(jobs.map((job) => handle(job.data.payload)));
          if (jobs.length > 0)
            await boss.complete(
              "bench",
              jobs.map(({ id }) => id),
            );
        }
      };
      loops.push(loop());
    },
    async close() {
      stopping = true;
      await Promise.all(loops);
      await boss.stop({ graceful: false });
    },
  };
}

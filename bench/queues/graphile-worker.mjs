import { makeWorkerUtils, run } from "graphile-worker";

const quiet = { error: console.error, warn() {}, info() {}, debug() {} };

/** A named queue per key: one job of it at a time, in order as long as none is tried again. */
export async function open(connectionString) {
  const { Logger } = await import("graphile-worker");
  const logger = new Logger(() => (level, message) => quiet[level === "warning" ? "warn" : level]?.(message));
  const utils = await makeWorkerUtils({ connectionString, logger, maxPoolSize: 20 });
  let runner;
  return {
    prepare: () => utils.migrate(),
    async add({ key, payload }) {
      await utils.addJob("bench", { payload }, { queueName: key });
    },
    async work(concurrency, handle) {
      runner = await run({
        connectionString,
        concurrency,
        maxPoolSize: concurrency + 4,
        pollInterval: 100,
        noHandleSignals: true,
        logger,
        taskList: { bench: ({ payload }) => handle(payload) },
      });
    },
    async close() {
      await runner?.stop();
      await utils.release();
    },
  };
}

import type { Delivery, Queue } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { failureOf } from "../kit/failure.ts";
import { settleLater, startWorker, type Worker } from "../kit/worker.ts";
import { createHand } from "./hand.ts";
import { queueName, toJob } from "./job.ts";
import { runDelivery, type RunDeps } from "./run.ts";

export { inboxDefaults, type InboxOptions } from "./options.ts";
export { inboxJob } from "./job.ts";
export type { Effects, Run, RunDeps } from "./run.ts";

/** What came in and is not yet handled. */
export interface Inbox {
  /** Resolves once all deliveries are durable, duplicates included. Rejects when the store cannot keep them. */
  accept(platform: string, deliveries: readonly Delivery[]): Promise<void>;
  queues(): readonly Queue[];
  start(): void;
  stop(graceMs: number): Promise<void>;
  idle(): Promise<void>;
}

export function createInbox(deps: RunDeps): Inbox {
  const { store, clock, observe, options } = deps;
  const ordered = store.queue(queueName, options.queue);
  const urgent = store.queue("interactive", options.queue);
  const hand = createHand();
  let workers: readonly Worker[] = [];

  const keep = async (platform: string, queue: Queue, deliveries: readonly Delivery[]): Promise<void> => {
    if (deliveries.length === 0) return;
    const entries = deliveries.map((delivery) => {
      const job = toJob(platform, delivery);
      return { delivery, job, ours: hand.put(job.id, delivery.payload, delivery.body.length) };
    });
    const results = await queue.enqueue(entries.map(({ job }) => job)).catch((error: unknown) => {
      for (const { job, ours } of entries) if (ours) hand.take(job.id);
      throw error;
    });
    for (const [index, { delivery, job, ours }] of entries.entries()) {
      const result = results[index];
      if (result !== "inserted" && ours) hand.take(job.id);
      observe({
        step: result === "inserted" ? "delivery.stored" : result === "duplicate" ? "delivery.duplicate" : "delivery.refused",
        level: result === "full" ? "error" : "debug",
        at: clock.now(),
        platform,
        account: delivery.account,
        conversation: delivery.lane,
        id: job.id,
      });
    }
    if (results.includes("full"))
      throw new GatewayError(
        "store.full",
        `The inbox is full: handlers are slower than ${platform}. Nothing of this delivery counts; it has to come again.`,
        { platform, retryable: true },
      );
  };

  const failed = (error: unknown): void =>
    observe({ step: "store.failed", level: "error", at: clock.now(), ...failureOf(error, "store.unavailable") });
  const work = (queue: Queue): Worker =>
    startWorker({
      queue,
      clock,
      name: queue.name,
      concurrency: options.concurrency,
      leaseMs: options.leaseMs,
      pollMs: options.pollMs,
      failed,
      run: (claim, signal, done) =>
        runDelivery(queue, claim, signal, done, hand, deps).catch((error: unknown) => {
          failed(error);
          const again = { delayMs: 1000, countAttempt: false };
          return settleLater({ clock, failed }, signal, async () => void (await queue.nack(claim, again)));
        }),
    });

  return {
    async accept(platform, deliveries) {
      const interactive = deliveries.filter((delivery) => delivery.interactive === true);
      if (interactive.length === 0) return keep(platform, ordered, deliveries);
      const others = deliveries.filter((delivery) => delivery.interactive !== true);
      await Promise.all([keep(platform, ordered, others), keep(platform, urgent, interactive)]);
    },
    queues: () => [ordered, urgent],
    start() {
      workers = [work(ordered), work(urgent)];
    },
    async stop(graceMs) {
      await Promise.all(workers.map((worker) => worker.stop(graceMs)));
    },
    async idle() {
      // What interactive events lead to lies in the ordered queue.
      for (const worker of workers.toReversed()) await worker.idle();
    },
  };
}

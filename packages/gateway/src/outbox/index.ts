import type { Adapter, Address, Blobs, KvWrite, Operation, Queue, Receipt, Sayable } from "../contract/index.ts";
import { GatewayError, isGatewayError } from "../error.ts";
import type { Choice } from "../kit/degrade.ts";
import { failureOf, isPassing } from "../kit/failure.ts";
import { storeKey } from "../kit/key.ts";
import { settleLater, startWorker, type Worker } from "../kit/worker.ts";
import { createAttempt, type AttemptDeps } from "./attempt.ts";
import { checkAddress, outgoing, readDraft, unsent, type Unsent } from "./compose.ts";
import { createCrowd } from "./crowd.ts";
import { bury, deliver } from "./deliver.ts";
import { queueName, toJob, type Item, type OutboxJob } from "./item.ts";
import { createMoves } from "./moves.ts";
import type { OutboxOptions } from "./options.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { Receipts } from "./receipts.ts";
import { createStreams, type StreamOptions } from "./streams.ts";

export type { Item, OutboxJob } from "./item.ts";
export { outboxDefaults, type OutboxOptions } from "./options.ts";
export type { Prepared } from "./prepare.ts";
export { checkAddress } from "./compose.ts";
export type { Unsent } from "./compose.ts";

export interface OutboxDeps extends Omit<AttemptDeps, "sendTimeoutMs"> {
  readonly adapters: readonly Adapter[];
  readonly blobs: Blobs;
  readonly options: OutboxOptions;
  readonly record: (item: Item, receipt: Receipt, about?: Receipt) => readonly KvWrite[];
}

/** A saying as jobs, not yet stored. */
export interface Said {
  readonly jobs: readonly OutboxJob[];
  readonly choices: readonly Choice[];
}

/** What waits to be said, and the workers that say it. */
export interface Outbox {
  /** Turns anything sayable into jobs named `<id>` or `<id>.<part>`. */
  say(id: string, to: Address, sayable: Sayable, cause?: string): Promise<Said>;
  /** The messages that a saying becomes when it replaces another. */
  revise(to: Address, sayable: Sayable): Promise<Prepared>;
  /** Turns one prepared operation into a job. */
  job(id: string, item: Unsent, cause?: string): OutboxJob;
  format(operation: Operation, to: Address, target?: Pick<Item, "messageId" | "ref">): Unsent;
  /** Stores jobs, those of one platform all or none. True when one of them is new. */
  enqueue(jobs: readonly OutboxJob[]): Promise<boolean>;
  /** Streams a text; resolves, to the ids of its messages, when its exact end is in the outbox. */
  stream(id: string, to: Address, source: AsyncIterable<string>, options: StreamOptions): Promise<readonly string[]>;
  /** One try, now, outside the queue. Rejects when it did not succeed. */
  direct(id: string, item: Unsent, signal: AbortSignal): Promise<Receipt>;
  receipt(id: string, signal: AbortSignal): Promise<Receipt>;
  /** Takes note that these jobs come back from the dead letters: their time begins anew. */
  revive(queue: string, ids: readonly string[]): Promise<void>;
  queues(): readonly Queue[];
  breakers(): ReadonlyMap<string, { readonly open: boolean }>;
  start(): Promise<void>;
  stop(graceMs: number): Promise<void>;
  idle(): Promise<void>;
}

export function createOutbox(deps: OutboxDeps): Outbox {
  const { store, clock, observe, options } = deps;
  const receipts = new Receipts(store, clock);
  const { attempt, breakers } = createAttempt({ ...deps, sendTimeoutMs: options.sendTimeoutMs });
  const queues = new Map(
    deps.adapters.map((adapter) => [adapter.platform, store.queue(queueName(adapter.platform), options.queue)]),
  );
  const moves = createMoves(store);
  const crowd = createCrowd(clock);
  let workers: readonly Worker[] = [];

  const queueOf = (name: string): Queue => {
    const queue = queues.get(name.slice(queueName("").length));
    if (!queue)
      throw new GatewayError("options.invalid", `No adapter for ${name} is installed. Hand it to createGateway({ adapters }).`);
    return queue;
  };

  const job = (id: string, item: Unsent, cause?: string): OutboxJob =>
    toJob(id, { ...item, to: moves.get(item.to) ?? item.to, at: clock.now(), ...(cause === undefined ? {} : { cause }) });

  const enqueue = async (jobs: readonly OutboxJob[]): Promise<boolean> => {
    let fresh = false;
    for (const [name, group] of Map.groupBy(jobs, (entry) => entry.queue)) {
      const results = await queueOf(name).enqueue(group, { atomic: true });
      if (results.includes("full")) {
        throw new GatewayError(
          "store.full",
          `The outbox for ${name} is full: the platform takes less than is said. Nothing of this saying was lost; it is tried again.`,
          { retryable: true },
        );
      }
      fresh ||= results.includes("inserted");
    }
    return fresh;
  };

  const replayedAt = async (queue: string, id: string): Promise<number | undefined> => {
    const entry = await store.kv.get(replayKey(queue, id));
    return entry && Number(new TextDecoder().decode(entry.value));
  };

  return {
    job,
    enqueue,
    format: (operation, to, target) => unsent(deps.adapter(to.platform), operation, to, target),
    async say(id, to, sayable, cause) {
      checkAddress(to);
      const adapter = deps.adapter(to.platform);
      const address = moves.get(to) ?? to;
      const { drafts, choices } = prepare(adapter, await readDraft(sayable, deps.blobs), address);
      const jobs = drafts.map((draft, index) =>
        job(index === 0 ? id : `${id}.${index}`, unsent(adapter, { kind: "message.post", draft }, address), cause),
      );
      return { jobs, choices };
    },
    async revise(to, sayable) {
      const adapter = deps.adapter(to.platform);
      return prepare(adapter, await readDraft(sayable, deps.blobs), to, adapter.capabilities(to).text.editLimit);
    },
    stream: createStreams({ ...deps, receipts, attempt, job, enqueue }),
    async direct(id, item, signal) {
      const outcome = await attempt(outgoing(id, item), signal);
      if ("sent" in outcome) return outcome.sent;
      if ("failed" in outcome) throw outcome.failed;
      throw new GatewayError("rate.limited", `${item.to.platform} takes no ${item.kind} right now (${outcome.reason}).`, {
        retryable: true,
        retryAfterMs: outcome.waitMs,
      });
    },
    receipt: (id, signal) => receipts.wait(id, signal),
    async revive(queue, ids) {
      if (![...queues.values()].some(({ name }) => name === queue)) return;
      const now = new TextEncoder().encode(String(clock.now()));
      for (const id of ids) {
        await store.kv.set(replayKey(queue, id), now, { ttlMs: options.budgetMs });
        await receipts.revive(id.replace(/@\d+$/, ""));
      }
    },
    queues: () => [...queues.values()],
    breakers: () => breakers,
    async start() {
      await moves.load();
      workers = deps.adapters.map((adapter) => {
        const queue = queueOf(queueName(adapter.platform));
        const failed = (error: unknown): void =>
          observe({
            step: "store.failed",
            level: "error",
            at: clock.now(),
            platform: adapter.platform,
            ...failureOf(error, "store.unavailable"),
          });
        return startWorker({
          queue,
          clock,
          name: queue.name,
          concurrency: options.concurrency,
          leaseMs: options.leaseMs,
          pollMs: options.pollMs,
          countBroken: true,
          failed,
          run(claim, signal, done) {
            let called = false;
            return deliver(queue, claim, signal, done, {
              clock,
              observe,
              failed,
              receipts,
              budgetMs: options.budgetMs,
              async attempt(item, inner) {
                const outcome = await attempt(item, inner);
                called = !("reason" in outcome);
                return outcome;
              },
              record: deps.record,
              moves,
              crowd,
              replayedAt,
            }).catch(async (error: unknown) => {
              failed(error);
              const { detail } = failureOf(error);
              // Senders look for what an attempt before theirs has made: a call that was made must count.
              const again = { delayMs: 1000, countAttempt: called || !isPassing(error), error: detail };
              const settled = await settleLater({ clock, failed }, signal, () => queue.nack(claim, again));
              if (settled !== "dead") return;
              const cause = isGatewayError(error) ? error : new GatewayError("operation.rejected", detail);
              return bury(claim, cause.code, cause, { clock, observe, receipts });
            });
          },
        });
      });
    },
    async stop(graceMs) {
      await Promise.all(workers.map((worker) => worker.stop(graceMs)));
    },
    async idle() {
      await Promise.all(workers.map((worker) => worker.idle()));
    },
  };
}

function replayKey(queue: string, id: string): string {
  return storeKey(`replayed/${queue}/${id}`);
}

import type {
  Adapter,
  Address,
  Blobs,
  KvWrite,
  Operation,
  PreparedDraft,
  Queue,
  QueueOptions,
  Receipt,
  Sayable,
  Store,
} from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { addressKey } from "../kit/address.ts";
import type { Choice } from "../kit/degrade.ts";
import { startWorker, type Worker } from "../kit/worker.ts";
import { createAttempt, type AttemptDeps } from "./attempt.ts";
import { readDraft, unsent, type Unsent } from "./compose.ts";
import { deliver } from "./deliver.ts";
import { queueName, toJob, type Item, type OutboxJob } from "./item.ts";
import { prepare } from "./prepare.ts";
import { Receipts } from "./receipts.ts";
import { editScreen } from "./screen-edits.ts";
import { nativeScreen } from "./screen-native.ts";
import { runStream, type StreamPort } from "./stream.ts";

export type { Item, OutboxJob } from "./item.ts";
export type { Unsent } from "./compose.ts";

/** How the outbox works; see {@link outboxDefaults}. */
export interface OutboxOptions {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  /** Longest time for one call to a platform. */
  readonly sendTimeoutMs: number;
  /** How long an operation may wait and be retried before it is a dead letter. */
  readonly budgetMs: number;
  readonly queue: QueueOptions;
}

export const outboxDefaults: OutboxOptions = {
  concurrency: 64,
  leaseMs: 60_000,
  pollMs: 250,
  sendTimeoutMs: 30_000,
  budgetMs: 24 * 3_600_000,
  queue: {
    dedupeTtlMs: 7 * 24 * 3_600_000,
    maxAttempts: 20,
    maxCrashes: 3,
    maxDepth: 1_000_000,
    maxLaneDepth: 100_000,
    maxPayloadBytes: 1_048_576,
    onRetry: "block",
    onDead: "continue",
  },
};

export interface OutboxDeps extends Omit<AttemptDeps, "sendTimeoutMs"> {
  readonly adapters: readonly Adapter[];
  readonly blobs: Blobs;
  readonly options: OutboxOptions;
  readonly record: (item: Item, receipt: Receipt) => readonly KvWrite[];
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
  drafts(to: Address, sayable: Sayable): Promise<readonly PreparedDraft[]>;
  /** Turns one prepared operation into a job. */
  job(id: string, item: Unsent, cause?: string): OutboxJob;
  format(operation: Operation, to: Address, target?: Pick<Item, "messageId" | "ref">): Unsent;
  enqueue(jobs: readonly OutboxJob[]): Promise<boolean>;
  /** Streams a text; resolves, to the ids of its messages, when its exact end is in the outbox. */
  stream(
    id: string,
    to: Address,
    source: AsyncIterable<string>,
    options: { readonly signal: AbortSignal; readonly cause?: string; readonly recipient?: string },
  ): Promise<readonly string[]>;
  /** One try, now, outside the queue. Rejects when it did not succeed. */
  direct(id: string, item: Unsent, signal: AbortSignal): Promise<Receipt>;
  receipt(id: string, signal: AbortSignal): Promise<Receipt>;
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
      const results = await queueOf(name).enqueue(group);
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

  return {
    job,
    enqueue,
    format: (operation, to, target) => unsent(deps.adapter(to.platform), operation, to, target),
    async say(id, to, sayable, cause) {
      const adapter = deps.adapter(to.platform);
      const address = moves.get(to) ?? to;
      const { drafts, choices } = prepare(adapter, await readDraft(sayable, deps.blobs), address);
      const jobs = drafts.map((draft, index) =>
        job(index === 0 ? id : `${id}.${index}`, unsent(adapter, { kind: "message.post", draft }, address), cause),
      );
      return { jobs, choices };
    },
    async drafts(to, sayable) {
      const adapter = deps.adapter(to.platform);
      return prepare(adapter, await readDraft(sayable, deps.blobs), to, adapter.capabilities(to).text.editLimit).drafts;
    },
    stream(id, to, source, { signal, cause, recipient }) {
      const adapter = deps.adapter(to.platform);
      const port: StreamPort = {
        adapter,
        to,
        id,
        clock,
        observe,
        signal,
        ...(recipient === undefined ? {} : { recipient }),
        post: async (opId, item) => !(await enqueue([job(opId, item, cause)])),
        receipt: (opId) => receipts.wait(opId, signal),
        live: (item) => attempt(outgoing(`${id}/live`, item), signal),
      };
      const native = adapter.capabilities(to).operations["stream.begin"] === "native";
      return runStream(source, native ? nativeScreen(port) : editScreen(port), port);
    },
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
            detail: error instanceof Error ? error.message : String(error),
          });
        return startWorker({
          queue,
          clock,
          name: queue.name,
          concurrency: options.concurrency,
          leaseMs: options.leaseMs,
          pollMs: options.pollMs,
          failed,
          run: (claim, signal) =>
            deliver(queue, claim, signal, {
              clock,
              observe,
              receipts,
              budgetMs: options.budgetMs,
              attempt,
              record: deps.record,
              moved: moves,
            }).catch(async (error: unknown) => {
              failed(error);
              await queue.nack(claim, { delayMs: 1000, countAttempt: false }).catch(failed);
            }),
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

function outgoing(key: string, item: Unsent) {
  const { kind, to, body, messageId, attachments } = item;
  return {
    key,
    kind,
    to,
    body,
    attempt: 1,
    ...(messageId === undefined ? {} : { messageId }),
    ...(attachments ? { attachments } : {}),
  };
}

/** Conversations that moved to another address: known in this process, kept in the store. */
function createMoves(store: Store): {
  load(): Promise<void>;
  get(address: Address): Address | undefined;
  set(from: Address, to: Address): Promise<void>;
} {
  const known = new Map<string, Address>();
  return {
    async load() {
      for (const { key, value } of await store.kv.list("moved/"))
        known.set(key.slice(6), JSON.parse(new TextDecoder().decode(value)) as Address);
    },
    get: (address) => (known.size === 0 ? undefined : known.get(addressKey(address))),
    async set(from, to) {
      known.set(addressKey(from), to);
      await store.kv.set(`moved/${addressKey(from)}`, new TextEncoder().encode(JSON.stringify(to)));
    },
  };
}

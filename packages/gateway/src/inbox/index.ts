import type {
  Adapter,
  Claim,
  Clock,
  Delivery,
  Event,
  Identity,
  Job,
  KvWrite,
  Observation,
  Observer,
  Queue,
  QueueOptions,
  Store,
} from "../contract/index.ts";
import { GatewayError, isGatewayError } from "../error.ts";
import { backoff } from "../kit/backoff.ts";
import { redact } from "../kit/secret.ts";
import { startWorker, type Worker } from "../kit/worker.ts";
import { gather } from "./group.ts";
import { toDelivery, toJob } from "./job.ts";

/** How the inbox works; see {@link inboxDefaults}. */
export interface InboxOptions {
  /** Conversations handled at once. */
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  /** Longest time for the handlers of one delivery; then their signal aborts and the delivery is tried again. */
  readonly maxRunMs: number;
  /** First and longest pause between attempts. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  readonly queue: QueueOptions;
}

export const inboxDefaults: InboxOptions = {
  concurrency: 256,
  leaseMs: 30_000,
  pollMs: 250,
  maxRunMs: 300_000,
  retryBaseMs: 1000,
  retryCapMs: 300_000,
  queue: {
    dedupeTtlMs: 7 * 24 * 3_600_000,
    maxAttempts: 8,
    maxCrashes: 3,
    maxDepth: 1_000_000,
    maxLaneDepth: 100_000,
    maxPayloadBytes: 4_194_304,
    onRetry: "block",
    onDead: "continue",
  },
};

/** What goes with the completion of an event, all or nothing. */
export interface Effects {
  readonly then: ({ readonly queue: string } & Job)[];
  readonly kv: KvWrite[];
}

/** How one run of an event's handlers stands. */
export interface Run {
  readonly attempt: number;
  /** Aborts when the run has lost its lease, or its time is over. What it does then has no effect. */
  readonly signal: AbortSignal;
}

export interface InboxDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly observe: Observer;
  readonly options: InboxOptions;
  readonly adapter: (platform: string) => Adapter;
  readonly identity: (platform: string, account: string) => Promise<Identity>;
  /** Runs the handlers of one event and collects what they want committed. `busy`: not now, for that long. */
  readonly handle: (event: Event, run: Run) => Promise<Effects | { readonly busyMs: number }>;
}

/** What came in and is not yet handled. */
export interface Inbox {
  /** Resolves once all deliveries are durable, duplicates included. Rejects when the store cannot keep them. */
  accept(platform: string, deliveries: readonly Delivery[]): Promise<void>;
  queues(): readonly Queue[];
  start(): void;
  stop(graceMs: number): Promise<void>;
  idle(): Promise<void>;
}

/** Parsed payloads kept for the claim that usually follows at once. */
const atHandLimit = 10_000;

export function createInbox(deps: InboxDeps): Inbox {
  const { store, clock, observe, options } = deps;
  const ordered = store.queue("inbox", options.queue);
  const urgent = store.queue("interactive", options.queue);
  const atHand = new Map<string, unknown>();
  let workers: readonly Worker[] = [];

  const accept = async (platform: string, deliveries: readonly Delivery[]): Promise<void> => {
    const send = async (queue: Queue, group: readonly Delivery[]): Promise<void> => {
      if (group.length === 0) return;
      const jobs = group.map((delivery) => toJob(platform, delivery));
      for (const [index, job] of jobs.entries()) if (atHand.size < atHandLimit) atHand.set(job.id, group[index]?.payload);
      const results = await queue.enqueue(jobs).catch((error: unknown) => {
        for (const job of jobs) atHand.delete(job.id);
        throw error;
      });
      for (const [index, result] of results.entries()) {
        const job = jobs[index] as Job;
        if (result !== "inserted") atHand.delete(job.id);
        observe({
          step: result === "inserted" ? "delivery.stored" : result === "duplicate" ? "delivery.duplicate" : "delivery.refused",
          level: result === "full" ? "error" : "debug",
          at: clock.now(),
          platform,
          account: group[index]?.account ?? "",
          conversation: job.key,
          id: job.id,
        });
      }
      if (results.includes("full"))
        throw new GatewayError(
          "store.full",
          `The inbox is full: handlers are slower than ${platform}. It was told to deliver again.`,
          { platform, retryable: true },
        );
    };
    await Promise.all([
      send(
        ordered,
        deliveries.filter((delivery) => !delivery.interactive),
      ),
      send(
        urgent,
        deliveries.filter((delivery) => delivery.interactive),
      ),
    ]);
  };

  /** Does one delivery: normalizes it, runs the handlers of its events, and settles the claim. */
  const run = async (queue: Queue, claim: Claim, lease: AbortSignal): Promise<void> => {
    const grouping = claim.headers["group"] === undefined ? { together: [claim], note: [] } : await gather(store, queue, claim);
    if ("waitMs" in grouping) return void (await queue.nack(claim, { delayMs: grouping.waitMs, countAttempt: false }));
    const effects: Effects = { then: [], kv: [] };
    let event: Event | undefined;
    const platform = claim.headers["platform"] ?? "";
    const account = claim.headers["account"] ?? "";
    const note = (fields: Pick<Observation, "step" | "level"> & Partial<Observation>): void =>
      observe({
        at: clock.now(),
        platform,
        account,
        conversation: claim.key,
        id: event?.id ?? claim.id,
        attempt: claim.attempts,
        ...(event ? { kind: event.kind } : {}),
        ...fields,
      });
    if ("done" in grouping) {
      note({ step: "event.skipped", level: "debug", code: "grouped" });
      return void (await queue.ack(claim));
    }
    effects.kv.push(...grouping.note);
    try {
      const adapter = deps.adapter(platform);
      const deliveries = grouping.together.map((job) => {
        const payload = atHand.get(job.id);
        atHand.delete(job.id);
        return toDelivery(job, payload);
      });
      const identity = adapter.normalizer.needsIdentity ? await deps.identity(platform, account) : undefined;
      for (event of adapter.normalizer.normalize(deliveries, identity)) {
        const started = clock.now();
        note({ step: "event.started", level: "debug" });
        const outcome = await withDeadline(deps.handle, event, claim.attempts, lease, clock, options.maxRunMs);
        if ("busyMs" in outcome) return void (await queue.nack(claim, { delayMs: outcome.busyMs, countAttempt: false }));
        effects.then.push(...outcome.then);
        effects.kv.push(...outcome.kv);
        note({ step: "event.handled", level: "debug", durationMs: clock.now() - started });
      }
    } catch (thrown) {
      return fail(thrown);
    }
    const settled = await queue.ack(claim, effects);
    // Another run changed the same session: this one is done again from what is true now.
    if (settled === "conflict") await queue.nack(claim, { delayMs: 0, countAttempt: false });
    if (settled === "stale") note({ step: "event.failed", level: "warn", code: "lease.lost" });

    async function fail(thrown: unknown): Promise<void> {
      const error = describe(thrown);
      const retryable = !isGatewayError(thrown) || thrown.retryable;
      const waitMs = isGatewayError(thrown) ? (thrown.retryAfterMs ?? 0) : 0;
      const passing = isGatewayError(thrown) && (thrown.code === "store.unavailable" || thrown.code === "gateway.closed");
      const delayMs = backoff(claim.attempts, options.retryBaseMs, options.retryCapMs, waitMs);
      const result = retryable
        ? await queue.nack(claim, { delayMs, error: error.detail, countAttempt: !passing })
        : (await queue.dead(claim, { reason: error.code, error: error.detail }), "dead" as const);
      note({ step: "event.failed", level: "warn", ...error, durationMs: delayMs });
      if (result === "dead") note({ step: "event.dead", level: "error", ...error });
    }
  };

  const failed = (error: unknown): void =>
    observe({
      step: "store.failed",
      level: "error",
      at: clock.now(),
      detail: redact(error instanceof Error ? error.message : String(error)),
    });
  const work = (queue: Queue): Worker =>
    startWorker({
      queue,
      clock,
      name: queue.name,
      concurrency: options.concurrency,
      leaseMs: options.leaseMs,
      pollMs: options.pollMs,
      failed,
      run: (claim, signal) =>
        run(queue, claim, signal).catch(async (error: unknown) => {
          failed(error);
          await queue.nack(claim, { delayMs: 1000, countAttempt: false }).catch(failed);
        }),
    });

  return {
    accept,
    queues: () => [ordered, urgent],
    start() {
      workers = [work(ordered), work(urgent)];
    },
    async stop(graceMs) {
      await Promise.all(workers.map((worker) => worker.stop(graceMs)));
    },
    async idle() {
      await Promise.all(workers.map((worker) => worker.idle()));
    },
  };
}

/** Runs the handlers until they end, their lease is lost or their time is over, whichever comes first. */
async function withDeadline(
  handle: InboxDeps["handle"],
  event: Event,
  attempt: number,
  lease: AbortSignal,
  clock: Clock,
  maxRunMs: number,
): ReturnType<InboxDeps["handle"]> {
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const give = (error: GatewayError): void => {
      reject(error);
      abort.abort(error);
    };
    const onLost = (): void =>
      give(
        new GatewayError("gateway.closed", `The handler of ${event.kind} lost its lease; the event is handled again.`, {
          retryable: true,
        }),
      );
    const cancel = clock.after(maxRunMs, () =>
      give(
        new GatewayError(
          "handler.timeout",
          `The handler of ${event.kind} did not end within ${maxRunMs} ms. Raise inbox.maxRunMs, or end it when its signal aborts.`,
          { retryable: true },
        ),
      ),
    );
    lease.addEventListener("abort", onLost, { once: true });
    handle(event, { attempt, signal: abort.signal })
      .then(resolve, reject)
      .finally(() => {
        cancel();
        lease.removeEventListener("abort", onLost);
      });
  });
}

function describe(thrown: unknown): { readonly code: string; readonly detail: string } {
  const code = isGatewayError(thrown) ? thrown.code : "handler.failed";
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return { code, detail: redact(detail).slice(0, 4000) };
}

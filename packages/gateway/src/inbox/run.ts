import type {
  Adapter,
  Claim,
  Clock,
  Event,
  Identity,
  Job,
  KvWrite,
  Observation,
  Observer,
  Queue,
  Store,
} from "../contract/index.ts";
import { isGatewayError } from "../error.ts";
import { addressKey } from "../kit/address.ts";
import { backoff } from "../kit/backoff.ts";
import { failureOf, isPassing } from "../kit/failure.ts";
import { withDeadline } from "./deadline.ts";
import { gather } from "./group.ts";
import type { Hand } from "./hand.ts";
import { toDelivery } from "./job.ts";
import type { InboxOptions } from "./options.ts";

/** What goes with the completion of an event, all or nothing. */
export interface Effects {
  readonly then: ({ readonly queue: string } & Job)[];
  readonly kv: KvWrite[];
}

/** How one run of an event's handlers stands. */
export interface Run {
  readonly attempt: number;
  /** False for the further events of a delivery. */
  readonly first: boolean;
  /** What earlier events of the same delivery want written; nothing of it is in the store yet. */
  readonly pending: readonly KvWrite[];
  /** Aborts when the run has lost its lease, or its time is over. What it does then has no effect. */
  readonly signal: AbortSignal;
}

export interface RunDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly observe: Observer;
  readonly options: InboxOptions;
  /** Aborts when the gateway stops. */
  readonly stopping: AbortSignal;
  readonly adapter: (platform: string) => Pick<Adapter, "normalizer">;
  readonly identity: (platform: string, account: string) => Promise<Identity>;
  /** Runs the handlers of one event and collects what they want committed. `busy`: not now, for that long. */
  readonly handle: (event: Event, run: Run) => Promise<Effects | { readonly busyMs: number }>;
}

/**
 * Does one delivery: normalizes it, runs the handlers of its events, and settles the claim; `done` is called when all that is left
 * is to settle. Rejects when the store does.
 */
export async function runDelivery(
  queue: Queue,
  claim: Claim,
  lease: AbortSignal,
  done: () => void,
  hand: Hand,
  deps: RunDeps,
): Promise<void> {
  const { store, clock, observe, options } = deps;
  const platform = claim.headers["platform"] ?? "";
  const account = claim.headers["account"] ?? "";
  let event: Event | undefined;
  const note = (fields: Pick<Observation, "step" | "level"> & Partial<Observation>): void =>
    observe({
      at: clock.now(),
      platform,
      account,
      conversation: event ? addressKey(event.conversation.address) : claim.key,
      id: event?.id ?? claim.id,
      attempt: claim.attempts,
      ...(event ? { kind: event.kind } : {}),
      ...fields,
    });
  const grouping = claim.headers["group"] === undefined ? { together: [claim], note: [] } : await gather(store, queue, claim);
  if ("waitMs" in grouping) return void (await queue.nack(claim, { delayMs: grouping.waitMs, countAttempt: false }));
  if ("done" in grouping) {
    hand.take(claim.id);
    note({ step: "event.skipped", level: "debug", code: "grouped" });
    return void (await queue.ack(claim));
  }

  const effects: Effects = { then: [], kv: [...grouping.note] };
  // A platform that does not tell us who we are is not the event's fault: it waits.
  let asking = false;
  try {
    const adapter = deps.adapter(platform);
    const deliveries = grouping.together.map((job) => toDelivery(job, hand.take(job.id)));
    const { needsIdentity } = adapter.normalizer;
    asking = typeof needsIdentity === "function" ? needsIdentity(deliveries) : needsIdentity;
    const identity = asking ? await deps.identity(platform, account) : undefined;
    asking = false;
    let first = true;
    for (event of adapter.normalizer.normalize(deliveries, identity)) {
      const current = event;
      const started = clock.now();
      const about = { attempt: claim.attempts, first, pending: effects.kv };
      note({ step: "event.started", level: "debug" });
      const work = (signal: AbortSignal): ReturnType<RunDeps["handle"]> => deps.handle(current, { ...about, signal });
      const outcome = await withDeadline(work, current, lease, clock, options.maxRunMs);
      if ("busyMs" in outcome) return void (await queue.nack(claim, { delayMs: outcome.busyMs, countAttempt: false }));
      effects.then.push(...outcome.then);
      for (const write of outcome.kv) merge(effects.kv, write);
      note({ step: "event.handled", level: "debug", durationMs: clock.now() - started });
      first = false;
    }
    done();
    const settled = await queue.ack(claim, effects);
    // Another run changed the same session: this one is done again from what is true now.
    if (settled === "conflict") await queue.nack(claim, { delayMs: 0, countAttempt: false });
    if (settled === "stale") note({ step: "event.failed", level: "warn", code: "lease.lost" });
  } catch (thrown) {
    await fail(thrown);
  }

  async function fail(thrown: unknown): Promise<void> {
    const failure = failureOf(thrown);
    const passing = !isGatewayError(thrown) || thrown.retryable || isPassing(thrown);
    // Refused credentials may be put right soon: the event has as many attempts as one whose handler fails.
    const retryable = passing || asking;
    const waitMs = isGatewayError(thrown) ? (thrown.retryAfterMs ?? 0) : 0;
    const delayMs = backoff(claim.attempts, options.retryBaseMs, options.retryCapMs, waitMs);
    // What is closed without our doing, such as the context of an ended run, is so for every later run too.
    const excused = isPassing(thrown) && (!failure.code.endsWith(".closed") || lease.aborted || deps.stopping.aborted);
    const countAttempt = !excused && !(asking && passing);
    const result = retryable
      ? await queue.nack(claim, { delayMs, error: failure.detail, countAttempt })
      : (await queue.dead(claim, { reason: failure.code, error: failure.detail })) === "ok"
        ? "dead"
        : "stale";
    note({ step: "event.failed", level: "warn", ...failure, durationMs: delayMs });
    if (result === "dead") note({ step: "event.dead", level: "error", ...failure });
  }
}

/** Of several writes to one key the last counts, on the condition of the first: a store would find the second in conflict with it. */
function merge(writes: KvWrite[], next: KvWrite): void {
  const at = writes.findIndex(({ key }) => key === next.key);
  const before = writes[at];
  if (before) writes[at] = before.ifVersion === undefined ? next : { ...next, ifVersion: before.ifVersion };
  else writes.push(next);
}

import type { Address, Claim, Clock, KvWrite, Observation, Observer, Outgoing, Queue, Receipt } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { backoff } from "../kit/backoff.ts";
import { redact } from "../kit/secret.ts";
import { settleLater } from "../kit/worker.ts";
import type { Outcome } from "./attempt.ts";
import type { Crowd } from "./crowd.ts";
import { readItem, toJob } from "./item.ts";
import type { Item } from "./item.ts";
import type { Moves } from "./moves.ts";
import type { Receipts } from "./receipts.ts";

export interface DeliverDeps {
  readonly clock: Clock;
  readonly observe: Observer;
  /** The store failed, and is asked again. */
  readonly failed: (error: unknown) => void;
  readonly receipts: Receipts;
  readonly budgetMs: number;
  readonly attempt: (outgoing: Outgoing, signal: AbortSignal) => Promise<Outcome>;
  /** Further writes that go with the acknowledgement, such as a transcript. `about` is the receipt of the message that was changed. */
  readonly record: (item: Item, receipt: Receipt, about?: Receipt) => readonly KvWrite[];
  readonly moves: Moves;
  readonly crowd: Crowd;
  /** When somebody last took the job from the dead letters. */
  readonly replayedAt: (queue: string, id: string) => Promise<number | undefined>;
}

/** A room that moves more often than this within one operation leads in a circle. */
const maxMoves = 3;

/** Does one job of the outbox and settles it: sent, later, or dead. `done` is called when it is sent. Rejects when the store does. */
export async function deliver(
  queue: Queue,
  claim: Claim,
  signal: AbortSignal,
  done: () => void,
  deps: DeliverDeps,
): Promise<void> {
  const { clock, observe, receipts } = deps;
  const started = clock.now();
  const found = readItem(claim.payload);
  if (!found) {
    const detail = "The job is not an operation; whoever wrote it into this queue was not this gateway, or of another version.";
    return die("store.corrupt", new GatewayError("store.corrupt", detail));
  }
  const item = found;
  const { platform, account } = item.to;
  const id = item.origin ?? claim.id;
  const note = (fields: Pick<Observation, "step" | "level"> & Partial<Observation>): void =>
    observe({ at: clock.now(), ...about(claim, item), ...fields });

  const movedTo = deps.moves.get(item.to);
  if (movedTo) return redirect(movedTo);
  if (started - item.at > deps.budgetMs && started - ((await deps.replayedAt(queue.name, claim.id)) ?? 0) > deps.budgetMs) {
    return die(
      "expired",
      new GatewayError(
        "operation.rejected",
        `${platform} could not take ${item.kind} within ${deps.budgetMs} ms, and it was put aside. Replay it from the dead letters.`,
        { platform, account },
      ),
    );
  }
  const earlier = item.ref === undefined ? undefined : await receipts.read(item.ref);
  const messageId = item.ref === undefined ? item.messageId : earlier?.messageId;
  if (item.ref !== undefined && messageId === undefined) {
    const message = `${platform}: the message that ${item.kind} is about was never sent.`;
    return die("target.gone", new GatewayError("target.gone", message, { platform, account }));
  }
  const outgoing: Outgoing = {
    key: id,
    kind: item.kind,
    to: item.to,
    body: item.body,
    attempt: claim.attempts,
    ...(messageId === undefined ? {} : { messageId }),
    ...(item.attachments ? { attachments: item.attachments } : {}),
  };
  deps.crowd.leave(claim.key);
  const outcome = await deps.attempt(outgoing, signal);

  if ("sent" in outcome) {
    const writes = [receipts.write(id, outcome.sent), ...deps.record(item, outcome.sent, earlier)];
    done();
    // Given back for a store that is away, it would be said once more.
    const settled = await settleLater(deps, signal, () => queue.ack(claim, { kv: writes }));
    const code = settled === "ok" ? {} : { code: settled ?? "stale" };
    note({ step: "operation.sent", level: "debug", durationMs: clock.now() - started, ...code });
    return receipts.sent(id, outcome.sent);
  }
  if ("reason" in outcome) {
    const delayMs = outcome.bucket ? deps.crowd.join(claim.key, outcome.bucket, outcome.waitMs) : outcome.waitMs;
    await queue.nack(claim, { delayMs, countAttempt: false });
    return note({ step: "operation.delayed", level: "debug", code: outcome.reason, durationMs: delayMs });
  }
  const { failed, waitMs } = outcome;
  if (failed.code === "target.moved" && failed.movedTo && (item.moves ?? 0) < maxMoves) {
    await deps.moves.set(item.to, failed.movedTo);
    return redirect(failed.movedTo);
  }
  const detail = redact(failed.message);
  if (failed.code === "rate.limited") {
    await queue.nack(claim, { delayMs: waitMs, countAttempt: false, error: detail });
    return note({ step: "operation.delayed", level: "warn", code: failed.code, durationMs: waitMs });
  }
  if (!failed.retryable) return die(failed.code, failed);
  const delayMs = backoff(claim.attempts, 1000, 15 * 60_000, waitMs);
  // An outage is nobody's last attempt; the first one counts all the same, since senders look for what came before a second.
  const countAttempt = !outcome.away || claim.attempts === 1;
  const settled = await queue.nack(claim, { delayMs, countAttempt, error: detail });
  note({ step: "operation.failed", level: "warn", code: failed.code, detail, durationMs: delayMs });
  if (settled === "dead") await bury(claim, failed.code, failed, deps);

  async function die(reason: string, error: GatewayError): Promise<void> {
    if ((await queue.dead(claim, { reason, error: redact(error.message) })) === "ok") await bury(claim, reason, error, deps);
  }

  /** The conversation has another address now: the same operation goes there, under a name of its own. */
  async function redirect(to: Address): Promise<void> {
    const moves = (item.moves ?? 0) + 1;
    await queue.ack(claim, { then: [toJob(`${id}@${moves}`, { ...item, to, origin: id, moves })] });
    note({ step: "operation.delayed", level: "info", code: "target.moved" });
  }
}

/** Tells of a job that died, and whoever waits for its receipt. */
export async function bury(
  claim: Claim,
  code: string,
  error: GatewayError,
  { clock, observe, receipts }: Pick<DeliverDeps, "clock" | "observe" | "receipts">,
): Promise<void> {
  const item = readItem(claim.payload);
  const detail = redact(error.message);
  observe({ step: "operation.dead", level: "error", at: clock.now(), ...about(claim, item), code, detail });
  await receipts.died(item?.origin ?? claim.id, error);
}

/** What an observation says of a job; of one that is no operation there is less to say. */
function about(claim: Claim, item: Item | undefined): Partial<Observation> {
  const { key: conversation, id, attempts: attempt } = claim;
  if (!item) return { conversation, id, attempt };
  const { platform, account } = item.to;
  return { platform, account, conversation, id, kind: item.kind, attempt, ...(item.cause ? { cause: item.cause } : {}) };
}

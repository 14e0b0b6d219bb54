import type { Address, Claim, Clock, KvWrite, Observation, Observer, Outgoing, Queue, Receipt } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { addressKey } from "../kit/address.ts";
import { backoff } from "../kit/backoff.ts";
import { redact } from "../kit/secret.ts";
import type { Outcome } from "./attempt.ts";
import { toJob, type Item } from "./item.ts";
import type { Receipts } from "./receipts.ts";

export interface DeliverDeps {
  readonly clock: Clock;
  readonly observe: Observer;
  readonly receipts: Receipts;
  readonly budgetMs: number;
  readonly attempt: (outgoing: Outgoing, signal: AbortSignal) => Promise<Outcome>;
  /** Further writes that go with the acknowledgement, such as a transcript. */
  readonly record: (item: Item, receipt: Receipt) => readonly KvWrite[];
  readonly moved: { get(address: Address): Address | undefined; set(from: Address, to: Address): Promise<void> };
}

/** Does one job of the outbox and settles it: sent, later, or dead. */
export async function deliver(queue: Queue, claim: Claim, signal: AbortSignal, deps: DeliverDeps): Promise<void> {
  const { clock, observe, receipts } = deps;
  const item = JSON.parse(String(claim.payload)) as Item;
  const { platform, account } = item.to;
  const id = item.origin ?? claim.id;
  const started = clock.now();
  const note = (fields: Pick<Observation, "step" | "level"> & Partial<Observation>): void =>
    observe({
      at: clock.now(),
      platform,
      account,
      conversation: claim.key,
      id: claim.id,
      kind: item.kind,
      attempt: claim.attempts,
      ...(item.cause ? { cause: item.cause } : {}),
      ...fields,
    });

  const die = async (reason: string, error: GatewayError): Promise<void> => {
    const detail = redact(error.message);
    if ((await queue.dead(claim, { reason, error: detail })) !== "ok") return;
    note({ step: "operation.dead", level: "error", code: reason, detail });
    receipts.announce(id, error);
  };

  const movedTo = deps.moved.get(item.to);
  if (movedTo) return redirect(movedTo);
  if (started - item.at > deps.budgetMs) {
    return die(
      "expired",
      new GatewayError(
        "operation.rejected",
        `${platform} could not take ${item.kind} within ${deps.budgetMs} ms, and it was put aside. Replay it from the dead letters.`,
        { platform, account },
      ),
    );
  }
  let messageId = item.messageId;
  if (item.ref !== undefined) {
    const receipt = await receipts.read(item.ref);
    if (receipt?.messageId === undefined) {
      return die(
        "target.gone",
        new GatewayError("target.gone", `${platform}: the message that ${item.kind} is about was never sent.`, {
          platform,
          account,
        }),
      );
    }
    messageId = receipt.messageId;
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
  const outcome = await deps.attempt(outgoing, signal);

  if ("sent" in outcome) {
    const settled = await queue.ack(claim, { kv: [receipts.write(id, outcome.sent), ...deps.record(item, outcome.sent)] });
    note({
      step: "operation.sent",
      level: "debug",
      durationMs: clock.now() - started,
      ...(settled === "ok" ? {} : { code: settled }),
    });
    receipts.announce(id, outcome.sent);
    return;
  }
  if ("reason" in outcome) {
    await queue.nack(claim, { delayMs: outcome.waitMs, countAttempt: false });
    note({ step: "operation.delayed", level: "debug", code: outcome.reason, durationMs: outcome.waitMs });
    return;
  }
  const { failed, waitMs } = outcome;
  if (failed.code === "target.moved" && failed.movedTo) {
    await deps.moved.set(item.to, failed.movedTo);
    return redirect(failed.movedTo);
  }
  const detail = redact(failed.message);
  if (failed.code === "rate.limited") {
    await queue.nack(claim, { delayMs: waitMs, countAttempt: false, error: detail });
    note({ step: "operation.delayed", level: "warn", code: failed.code, durationMs: waitMs });
    return;
  }
  if (!failed.retryable) return die(failed.code, failed);
  const delayMs = backoff(claim.attempts, 1000, 15 * 60_000, waitMs);
  const settled = await queue.nack(claim, { delayMs, error: detail });
  note({ step: "operation.failed", level: "warn", code: failed.code, detail, durationMs: delayMs });
  if (settled === "dead") {
    note({ step: "operation.dead", level: "error", code: failed.code, detail });
    receipts.announce(id, failed);
  }

  /** The conversation has another address now: the same operation goes there, under a name of its own. */
  async function redirect(to: Address): Promise<void> {
    await queue.ack(claim, { then: [toJob(`${id}@${addressKey(to)}`, { ...item, to, origin: id })] });
    note({ step: "operation.delayed", level: "info", code: "target.moved" });
  }
}

import type { Clock, KvWrite, Receipt, Store } from "../contract/index.ts";
import { GatewayError, type ErrorCode } from "../error.ts";
import { storeKey } from "../kit/key.ts";
import { sleep } from "../kit/time.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const ttlMs = 7 * 24 * 3_600_000;
const pollMs = 500;

/** What became of an operation: it was sent, or it died of this. */
type Outcome = Receipt | { readonly died: { readonly code: ErrorCode; readonly message: string } };

/** Receipts of sent operations: durable, and announced to whoever waits in this process. */
export class Receipts {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<(outcome: Outcome) => void>>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The write that keeps a receipt; it belongs into the acknowledgement of the job. */
  write(id: string, receipt: Receipt): KvWrite {
    const { raw: _, ...kept } = receipt;
    return { key: keyOf(id), value: encode(kept), ttlMs };
  }

  async read(id: string): Promise<Receipt | undefined> {
    const outcome = await this.#outcome(id);
    return outcome && "died" in outcome ? undefined : outcome;
  }

  /** Tells those who wait that it was sent. */
  sent(id: string, receipt: Receipt): void {
    this.#announce(id, receipt);
  }

  /** Keeps that it died, for those who wait, here or in another process. */
  async died(id: string, { code, message }: GatewayError): Promise<void> {
    const outcome = { died: { code, message } };
    this.#announce(id, outcome);
    await this.#store.kv.set(keyOf(id), encode(outcome), { ttlMs });
  }

  /** Forgets that an operation died: it is tried again. */
  async revive(id: string): Promise<void> {
    const outcome = await this.#outcome(id);
    if (outcome && "died" in outcome) await this.#store.kv.delete(keyOf(id));
  }

  /** Resolves when the operation was sent, by any process; rejects when it is dead or the signal aborts. */
  async wait(id: string, signal: AbortSignal): Promise<Receipt> {
    let outcome: Outcome | undefined;
    const told = new AbortController();
    const tell = (value: Outcome): void => {
      outcome = value;
      told.abort();
    };
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(tell));
    try {
      const either = AbortSignal.any([signal, told.signal]);
      while (outcome === undefined) {
        const stored = await this.#outcome(id);
        outcome ??= stored;
        if (outcome !== undefined) break;
        if (signal.aborted) {
          throw new GatewayError(
            "gateway.closed",
            `Stopped waiting for the receipt of ${id}: it is still in the outbox and will be sent.`,
            { retryable: true },
          );
        }
        await sleep(this.#clock, pollMs, either);
      }
    } finally {
      waiting.delete(tell);
      if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id);
    }
    if ("died" in outcome) throw new GatewayError(outcome.died.code, outcome.died.message);
    return outcome;
  }

  #announce(id: string, outcome: Outcome): void {
    for (const tell of this.#waiting.get(id) ?? []) tell(outcome);
  }

  async #outcome(id: string): Promise<Outcome | undefined> {
    const entry = await this.#store.kv.get(keyOf(id));
    return entry && (JSON.parse(decoder.decode(entry.value)) as Outcome);
  }
}

function encode(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

function keyOf(id: string): string {
  return `receipt/${storeKey(id)}`;
}

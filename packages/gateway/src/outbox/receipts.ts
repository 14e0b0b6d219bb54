import type { Clock, KvWrite, Receipt, Store } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { sleep } from "../kit/time.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const ttlMs = 7 * 24 * 3_600_000;
const pollMs = 500;

/** Receipts of sent operations: durable, and announced to whoever waits in this process. */
export class Receipts {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, ((outcome: Receipt | GatewayError) => void)[]>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The write that keeps a receipt; it belongs into the acknowledgement of the job. */
  write(id: string, receipt: Receipt): KvWrite {
    const { raw: _, ...kept } = receipt;
    return { key: key(id), value: encoder.encode(JSON.stringify(kept)), ttlMs };
  }

  async read(id: string): Promise<Receipt | undefined> {
    const entry = await this.#store.kv.get(key(id));
    return entry && (JSON.parse(decoder.decode(entry.value)) as Receipt);
  }

  /** Tells those who wait. */
  announce(id: string, outcome: Receipt | GatewayError): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    for (const tell of waiting ?? []) tell(outcome);
  }

  /** Resolves when the operation was sent, by any process; rejects when it is dead or the signal aborts. */
  async wait(id: string, signal: AbortSignal): Promise<Receipt> {
    let outcome: Receipt | GatewayError | undefined;
    const told = new AbortController();
    const list = this.#waiting.get(id) ?? [];
    list.push((value) => {
      outcome = value;
      told.abort();
    });
    this.#waiting.set(id, list);
    const either = AbortSignal.any([signal, told.signal]);
    while (outcome === undefined) {
      outcome ??= await this.read(id);
      if (outcome === undefined && signal.aborted) {
        throw new GatewayError(
          "gateway.closed",
          `Stopped waiting for the receipt of ${id}: it is still in the outbox and will be sent.`,
          { retryable: true },
        );
      }
      if (outcome === undefined) await sleep(this.#clock, pollMs, either);
    }
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }
}

function key(id: string): string {
  return `receipt/${id}`;
}

import type { Adapter, Address, Bucket, Clock, Logger, Observer, OperationKind, Secrets, Store } from "../contract/index.ts";
import type { InboxOptions } from "../inbox/index.ts";
import type { OutboxOptions } from "../outbox/index.ts";
import type { Environment } from "./environment.ts";
import type { SessionOptions } from "./session.ts";

/** Some of these options, and some of those of `queue`; the others stay as they are. */
export type Tuning<T extends { readonly queue: object }> = Partial<Omit<T, "queue">> & { readonly queue?: Partial<T["queue"]> };

/** Everything about a gateway that can be chosen. Only `adapters` must be. */
export interface GatewayOptions<A extends readonly Adapter[] = readonly Adapter[], S = unknown> {
  /** The platforms, each once. */
  readonly adapters: A;
  /** Where events and replies are kept. Memory unless set: fine for trying, lost at exit. */
  readonly store?: Store;
  /** Any pino-shaped logger. Warnings and errors go to standard error unless set. */
  readonly log?: Logger;
  /** Receives every step of every event. */
  readonly observe?: Observer | readonly Observer[];
  /** Where credentials come from that were not given as adapter options. The environment unless set. */
  readonly secrets?: Secrets;
  /** Variables that stand in for those of the process: for tests, and for hosts that hand them in. */
  readonly environment?: Environment;
  /** What adapters call their platforms with, for a proxy or a pool of your own. `fetch` over node:http unless set. */
  readonly fetch?: typeof fetch;
  /**
   * True: a file that is passed on from an address of a sender's choice may lie in a private network, and is fetched with `fetch`.
   * Unless set, such files come from the public internet alone, straight, and past any proxy.
   */
  readonly privateNetworks?: boolean;
  /** The clock of this machine unless set. */
  readonly clock?: Clock;
  /** What the program remembers from event to event: per conversation, user or key of its own. */
  readonly session?: SessionOptions<S>;
  /** Keep a transcript on platforms that have no history of their own. True unless set. */
  readonly transcript?: boolean;
  /** How much one person may ask for; what exceeds it waits. Without it there is no limit. */
  readonly perUser?: Pick<Bucket, "rate" | "periodMs" | "burst">;
  /** How much other bots may say in one conversation before we stop answering. 10 in a minute unless set. */
  readonly perBot?: Pick<Bucket, "rate" | "periodMs" | "burst">;
  /** Changes the rate-limit buckets of an operation; `defaults` are the adapter's. */
  readonly limits?: (
    operation: { readonly kind: OperationKind; readonly to: Address },
    defaults: readonly Bucket[],
  ) => readonly Bucket[];
  /** Bounds of a webhook request. */
  readonly webhook?: {
    /** 1 MiB unless set. */
    readonly maxBodyBytes?: number;
    /** Longest wait for the store before the platform is told to deliver again. 2,500 ms unless set. */
    readonly budgetMs?: number;
  };
  /**
   * Pace and patience of what comes in. `concurrency`: 256 conversations at once; `maxRunMs`: five minutes for a handler;
   * `queue.maxAttempts`: 8; `queue.dedupeTtlMs`: a delivery is remembered for seven days. All of it unless set.
   */
  readonly inbox?: Tuning<InboxOptions>;
  /**
   * Pace and patience of what goes out. `concurrency`: 64 conversations at once; `sendTimeoutMs`: 30 seconds for a call;
   * what cannot be sent is a dead letter after `queue.maxAttempts`, 20, not counting those while the platform is away, and after
   * `budgetMs`, a day, at the latest. All of it unless set.
   */
  readonly outbox?: Tuning<OutboxOptions>;
  /** How long `stop` waits for running handlers. 10,000 ms unless set. */
  readonly graceMs?: number;
}

import type { Clock, Logger } from "@devflow/gateway/contract";

/** Where the database is and how much it may cost. */
export interface SqliteStoreOptions {
  /** Path of the database; its folder is created. One process at a time may have it open. */
  readonly file: string;
  /**
   * `FULL`, the default: what is acknowledged survives a power cut. `NORMAL`: it survives the death of the process only, for
   * about a third less time per write. Anything but `FULL` is logged.
   */
  readonly synchronous?: "FULL" | "NORMAL";
  /** True, the default: refuse to start when SQLite does not confirm the level asked for. False: warn and go on. */
  readonly strict?: boolean;
  /** Largest size of the database; beyond it `enqueue` rejects with `store.full`, as on a full disk. No limit unless given. */
  readonly maxBytes?: number;
  /** The system's clock unless given. */
  readonly clock?: Clock;
  /** Where warnings go; standard error unless given. */
  readonly log?: Logger;
  /** A call that has no answer by then rejects with `store.unavailable`. 5,000 unless given. */
  readonly opTimeoutMs?: number;
  /** Calls that may wait for an answer at once; further ones reject with `store.unavailable`. 50,000 unless given. */
  readonly maxPending?: number;
}

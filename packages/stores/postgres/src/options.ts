import type { Clock, Logger } from "@devflow/gateway/contract";

/** A connection of a {@link PostgresPool}, as `pg` has it. */
export interface PostgresConnection {
  query(query: {
    readonly text: string;
    readonly values?: unknown[];
    readonly rowMode: "array";
  }): Promise<{ readonly rows: unknown[][] }>;
  /** With an error, the connection is thrown away. */
  release(error?: Error): void;
  /** Only for notifications; without it the store polls. */
  on?(event: "notification", listener: (message: { readonly channel: string; readonly payload?: string }) => void): unknown;
  on?(event: "error" | "end", listener: () => void): unknown;
}

/** What the store needs of a pool of `pg`, which fits as it is. */
export interface PostgresPool {
  connect(): Promise<PostgresConnection>;
}

/** Where the database is, and how the store uses it. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:5432/database`; with `pool` not needed. What it leaves out comes as `pg` has it by default. */
  readonly url?: string;
  /**
   * A pool of yours instead of `url`. It is not closed with the store. The store keeps one connection of it for notifications and
   * takes up to eight others at a time.
   */
  readonly pool?: PostgresPool;
  /** Schema of the tables; it is created. `devflow` unless given. Two stores in one schema are one store. */
  readonly schema?: string;
  /** True: refuse to start on a server that may lose acknowledged writes in a power cut. False, the default: warn. */
  readonly strict?: boolean;
  /**
   * True, the default: other processes hear of new work at once, by LISTEN on a connection of its own. False where a pooler
   * stands between that has no sessions; then they find it within `pollMs`.
   */
  readonly notify?: boolean;
  /** Longest time that work of another process goes unnoticed without a notification. 1,000 unless given. */
  readonly pollMs?: number;
  /** Connections that the store opens at most, besides that for notifications. 8 unless given. */
  readonly maxConnections?: number;
  /** For timers; the system's unless given. The time of jobs, leases and limits is that of the server. */
  readonly clock?: Clock;
  /** Where warnings go; standard error unless given. */
  readonly log?: Logger;
  /** A call that has no answer by then rejects with `store.unavailable`. 5,000 unless given. */
  readonly opTimeoutMs?: number;
  /** Calls that may wait for an answer at once; further ones reject with `store.unavailable`. 50,000 unless given. */
  readonly maxPending?: number;
}

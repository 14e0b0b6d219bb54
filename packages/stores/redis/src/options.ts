import type { Clock, Logger } from "@devflow/gateway/contract";
import type { Cluster, Redis } from "ioredis";

/** Where the server is and what it has to keep. */
export interface RedisStoreOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. `redis://127.0.0.1:6379` unless given. */
  readonly url?: string;
  /**
   * Instead of `url`: a client or cluster of ioredis 6, for sentinels, clusters, certificates and the like. Its settings are taken
   * over; the connections, two of them, are the store's own, and yours is neither used nor closed.
   */
  readonly client?: Redis | Cluster;
  /** Name of the store. All its keys begin with it, as their hash tag. `devflow` unless given. */
  readonly name?: string;
  /**
   * What an acknowledged write has to survive. `power`, the default: a power cut, which takes `appendfsync always` and no replicas.
   * `process`: the death of a process. `none`: nothing.
   */
  readonly durable?: "power" | "process" | "none";
  /** True: refuse a server that keeps less than `durable`. False, the default: warn and go on; `caps.durable` tells the truth. */
  readonly strict?: boolean;
  /** For tests: time and timers. Unless given, the store's time is the server's and timers are the system's. */
  readonly clock?: Clock;
  /** Where warnings go; standard error unless given. */
  readonly log?: Logger;
  /** A call that has no answer by then rejects with `store.unavailable`. 5,000 unless given. */
  readonly opTimeoutMs?: number;
  /** Calls that may wait for an answer at once; further ones reject with `store.unavailable`. 50,000 unless given. */
  readonly maxPending?: number;
}

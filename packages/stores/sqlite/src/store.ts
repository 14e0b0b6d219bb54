import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import type { Store } from "@devflow/gateway/contract";
import { checkQueueName, consoleLog, GatewayError, systemClock } from "@devflow/gateway/kit";
import { connect } from "./client/index.ts";
import { code } from "./client/protocol.ts";
import { sqliteKv } from "./kv.ts";
import { sqliteLeases } from "./leases.ts";
import { sqliteLimiter } from "./limiter.ts";
import type { SqliteStoreOptions } from "./options.ts";
import { sqliteQueue, type SqliteQueue } from "./queue.ts";

/**
 * A store in one SQLite file, in a thread of its own, for one process. What it acknowledges survives a power cut. Nothing is
 * opened before `migrate` or the first call. Errors: `store.busy` while another process has the file, `store.corrupt`,
 * `store.newer`, `store.full`, `store.unavailable`, `store.closed`.
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  check(options);
  const synchronous = options.synchronous ?? "FULL";
  const client = connect({
    file: resolve(options.file),
    synchronous,
    strict: options.strict ?? true,
    maxBytes: options.maxBytes ?? Infinity,
    clock: options.clock ?? systemClock,
    log: options.log ?? consoleLog,
    opTimeoutMs: options.opTimeoutMs ?? 5_000,
    maxPending: options.maxPending ?? 50_000,
  });
  const queues = new Map<string, SqliteQueue>();
  return {
    caps: {
      durable: synchronous === "FULL" ? "power" : "process",
      multiProcess: false,
      multiNode: false,
      atomicChain: true,
      push: true,
    },
    migrate: client.open,
    queue(name, queueOptions) {
      checkQueueName(name);
      const known = queues.get(name);
      if (known !== undefined) return known;
      const made = sqliteQueue(client, name, queueOptions, queues);
      queues.set(name, made);
      return made;
    },
    kv: sqliteKv(client),
    limiter: sqliteLimiter(client),
    leases: sqliteLeases(client),
    async now() {
      await client.call(code.ping, []);
      return client.now();
    },
    async health() {
      const before = performance.now();
      try {
        await client.call(code.ping, []);
        return { ok: true, latencyMs: performance.now() - before };
      } catch (error) {
        return { ok: false, latencyMs: performance.now() - before, detail: String(error) };
      }
    },
    close: client.close,
  };
}

/** A slip in plain JavaScript is told where it is made. */
function check(options: SqliteStoreOptions | undefined): void {
  const invalid = (what: string): GatewayError => new GatewayError("options.invalid", `sqlite store: ${what}`);
  if (!isBuiltin("node:sqlite"))
    throw invalid(`Node ${process.version} has no \`node:sqlite\`. Run the program with Node 22.16 or later.`);
  if (typeof options?.file !== "string" || options.file === "")
    throw invalid('`file` is missing. Name one: sqliteStore({ file: ".devflow/gateway.db" }).');
  if (options.synchronous !== undefined && !["FULL", "NORMAL"].includes(options.synchronous))
    throw invalid("`synchronous` is neither FULL nor NORMAL.");
}

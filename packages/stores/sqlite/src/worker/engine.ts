import { code, type Failure, type Opening } from "../client/protocol.ts";
import { createMessage, type Handlers } from "./args.ts";
import { failureOf, Refusal, type Database } from "./database.ts";
import { inherit } from "./inherit.ts";
import { inspectHandlers } from "./inspect.ts";
import { createKv } from "./kv.ts";
import { createLanes } from "./lanes.ts";
import { leaseHandlers } from "./leases.ts";
import { limiterHandlers } from "./limiter.ts";
import { queueHandlers } from "./queue.ts";
import { createState } from "./state.ts";
import { createSweep } from "./sweep.ts";

type Group = readonly (readonly unknown[])[];

/**
 * Calls whose effect need not outlast a power cut: what they wrote is worth nothing without the process, or is found out again.
 * They are in the log before anything later that lasts, and the death of the process alone loses nothing.
 */
const fleeting = new Set<unknown>([
  code.queue,
  code.claim,
  code.extend,
  code.next,
  code.stats,
  code.peek,
  code.listDead,
  code.kvGet,
  code.kvList,
  code.take,
  code.acquire,
  code.renew,
  code.release,
  code.ping,
]);

function lasts(parts: readonly unknown[]): boolean {
  for (let at = 1; at < parts.length; at += 2 + (parts[at + 1] as number)) if (!fleeting.has(parts[at])) return true;
  return false;
}

/** Executes messages: all of a group in one transaction. */
export interface Engine {
  /** Writes what memory still holds. */
  finish(): void;
  /** The results of all calls in their order; a result at a place named in `failures` means nothing. */
  run(group: Group): { readonly results: unknown[]; readonly failures: Map<number, Failure> };
}

export function createEngine(database: Database, opening: Opening): Engine {
  inherit(database, opening);
  const state = createState(database);
  state.now = opening.now;
  const lanes = createLanes(state);
  const kv = createKv(state);
  const sweep = createSweep(state);
  const message = createMessage((name) => {
    const queue = state.queue(name);
    if (queue !== undefined && queue.dueAt <= state.now) lanes.promote(queue);
    return queue;
  });
  const handlers: Handlers = {
    ...queueHandlers(state, lanes, kv),
    ...inspectHandlers(state, lanes),
    ...kv.handlers,
    ...limiterHandlers(state),
    ...leaseHandlers(state),
    [code.queue]: (args) => state.declare(args.object()),
    [code.ping]: () => true,
  };
  const begin = database.prepare("BEGIN");
  const commit = database.prepare("COMMIT");
  let durable = opening.synchronous === "FULL";

  const call = (parts: readonly unknown[], at: number): unknown => {
    message.seek(parts, at + 2);
    return (handlers[parts[at] as number] as Handlers[number])(message);
  };
  let lasting = true;
  /** Waits for the disk, and writes what memory holds, only where somebody is told that something lasts. */
  const settle = (group: Group): void => {
    lasting = group.some(lasts);
    const wanted = opening.synchronous === "FULL" && lasting;
    if (wanted === durable) return;
    // Not prepared: this pragma acts when it is compiled.
    database.exec(`PRAGMA synchronous = ${wanted ? "FULL" : "NORMAL"}`);
    durable = wanted;
  };
  const transact = (run: () => void): Failure | undefined => {
    try {
      begin.row();
      run();
      if (lasting) state.flush();
      commit.row();
      return undefined;
    } catch (error) {
      // SQLite may have rolled back by itself.
      if (database.inTransaction()) database.exec("ROLLBACK");
      state.reload();
      return failureOf(error);
    }
  };

  const together = (group: Group, results: unknown[], failures: Map<number, Failure>): boolean => {
    const failure = transact(() => {
      for (const parts of group) {
        state.now = Math.max(state.now, parts[0] as number);
        for (let at = 1; at < parts.length; at += 2 + (parts[at + 1] as number)) {
          try {
            results.push(call(parts, at));
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            failures.set(results.length, error.failure);
            results.push(null);
          }
        }
      }
      if (lasting) sweep.step();
    });
    return failure === undefined;
  };
  const oneByOne = (group: Group, results: unknown[], failures: Map<number, Failure>): void => {
    for (const parts of group) {
      for (let at = 1; at < parts.length; at += 2 + (parts[at + 1] as number)) {
        let result: unknown = null;
        const failure = transact(() => {
          result = call(parts, at);
        });
        if (failure !== undefined) failures.set(results.length, failure);
        results.push(result);
      }
    }
  };

  return {
    finish() {
      lasting = true;
      transact(() => {});
    },
    run(group) {
      settle(group);
      const first = { results: [], failures: new Map<number, Failure>() };
      if (together(group, first.results, first.failures)) return first;
      // Something in the group failed, or the disk did: each call gets a transaction and a verdict of its own.
      const second = { results: [], failures: new Map<number, Failure>() };
      oneByOne(group, second.results, second.failures);
      return second;
    },
  };
}

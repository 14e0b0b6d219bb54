import { code, type Failure, type Opening } from "../client/protocol.ts";
import { createMessage, type Handlers } from "./args.ts";
import { failureOf, Refusal, type Database } from "./database.ts";
import { inspectHandlers } from "./inspect.ts";
import { createKv } from "./kv.ts";
import { createLanes } from "./lanes.ts";
import { leaseHandlers } from "./leases.ts";
import { limiterHandlers } from "./limiter.ts";
import { queueHandlers } from "./queue.ts";
import { createState } from "./state.ts";
import { createSweep } from "./sweep.ts";

/** Executes messages: all of a group in one transaction. */
export interface Engine {
  /** The results of all calls in their order; a result at a place named in `failures` means nothing. */
  run(group: readonly (readonly unknown[])[]): { readonly results: unknown[]; readonly failures: Map<number, Failure> };
}

export function createEngine(database: Database, opening: Opening): Engine {
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
  freeHeirless(database, opening);

  const call = (parts: readonly unknown[], at: number): unknown => {
    message.seek(parts, at + 2);
    return (handlers[parts[at] as number] as Handlers[number])(message);
  };
  const transact = (run: () => void): Failure | undefined => {
    try {
      begin.row();
      run();
      state.flush();
      commit.row();
      return undefined;
    } catch (error) {
      // SQLite may have rolled back by itself.
      if (database.inTransaction()) database.exec("ROLLBACK");
      state.reload();
      return failureOf(error);
    }
  };

  const together = (group: readonly (readonly unknown[])[], results: unknown[], failures: Map<number, Failure>): boolean => {
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
      sweep.step();
    });
    return failure === undefined;
  };
  const oneByOne = (group: readonly (readonly unknown[])[], results: unknown[], failures: Map<number, Failure>): void => {
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
    run(group) {
      const first = { results: [], failures: new Map<number, Failure>() };
      if (together(group, first.results, first.failures)) return first;
      // Something in the group failed, or the disk did: each call gets a transaction and a verdict of its own.
      const second = { results: [], failures: new Map<number, Failure>() };
      oneByOne(group, second.results, second.failures);
      return second;
    },
  };
}

/** What another process left in hand is free: it cannot be alive, since this one has the database. */
function freeHeirless(database: Database, { owner, now }: Opening): void {
  if (database.prepare("SELECT value FROM devflow_meta WHERE name = 'owner'").row()?.[0] === owner) return;
  database.exec("BEGIN");
  database.prepare("UPDATE devflow_lane SET ready_at = ?1 WHERE held = 1 AND ready_at > ?1").row(now);
  database.exec("DELETE FROM devflow_lease");
  database.prepare("UPDATE devflow_meta SET value = ? WHERE name = 'owner'").row(owner);
  database.exec("COMMIT");
}

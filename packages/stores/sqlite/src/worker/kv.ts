import { code } from "../client/protocol.ts";
import type { Args, Handlers } from "./args.ts";
import { emptyIsBlob, type Value } from "./database.ts";
import type { State } from "./state.ts";

export interface Write {
  readonly key: string;
  readonly value: Value;
  readonly ttlMs: number | null;
  readonly ifVersion: number | null;
}

export interface KvTable {
  /** The writes in the arguments, after their count. */
  readonly read: (args: Args) => Write[];
  /** Whether the write's `ifVersion` holds. */
  readonly holds: (write: Pick<Write, "key" | "ifVersion">) => boolean;
  /** Writes without looking; gives the version. */
  readonly write: (write: Write) => number;
  readonly handlers: Handlers;
}

export function createKv(state: State): KvTable {
  const { prepare } = state.database;
  const get = prepare("SELECT version, value FROM devflow_kv WHERE key = ? AND (until IS NULL OR until > ?)");
  const versionOf = prepare("SELECT version FROM devflow_kv WHERE key = ? AND (until IS NULL OR until > ?)");
  const set = prepare(
    `INSERT INTO devflow_kv (key, version, until, value) VALUES (?, ?, ?, ${emptyIsBlob})
     ON CONFLICT DO UPDATE SET version = excluded.version, until = excluded.until, value = excluded.value`,
  );
  const remove = prepare("DELETE FROM devflow_kv WHERE key = ?");
  const select = (order: string): string =>
    `SELECT key, version, value FROM devflow_kv
     WHERE key >= ?1 AND key <= ?2 AND (until IS NULL OR until > ?3) AND (?4 IS NULL OR key ${order === "ASC" ? ">" : "<"} ?4)
     ORDER BY key ${order} LIMIT ?5`;
  const forward = prepare(select("ASC"));
  const backward = prepare(select("DESC"));
  // No key is longer, so nothing that begins with the prefix lies beyond.
  const beyond = "\u{10FFFF}".repeat(129);

  const version = (key: string): number => Number(versionOf.row(key, state.now)?.[0] ?? 0);
  const holds: KvTable["holds"] = ({ key, ifVersion }) => ifVersion === null || version(key) === ifVersion;
  const readOne = (args: Args): Write => ({
    key: args.text(),
    value: args.value(),
    ttlMs: args.maybe(),
    ifVersion: args.maybe(),
  });
  const write: KvTable["write"] = ({ key, value, ttlMs }) => {
    const next = state.next();
    if (value === null) remove.row(key);
    else set.row(key, next, ttlMs === null ? null : state.now + ttlMs, value);
    return next;
  };

  return {
    holds,
    write,
    read(args) {
      const writes: Write[] = [];
      for (let count = args.number(); count > 0; count -= 1) writes.push(readOne(args));
      return writes;
    },
    handlers: {
      [code.kvGet]: (args) => get.row(args.text(), state.now),
      [code.kvSet](args) {
        const wanted = readOne(args);
        return holds(wanted) && write(wanted);
      },
      [code.kvDelete](args) {
        const wanted = readOne(args);
        if (version(wanted.key) === 0 || !holds(wanted)) return false;
        write(wanted);
        return true;
      },
      [code.kvList](args) {
        const prefix = args.text();
        const after = args.value();
        const limit = args.number();
        const list = args.number() === 1 ? backward : forward;
        return list.rows(prefix, prefix + beyond, state.now, after, limit);
      },
    },
  };
}

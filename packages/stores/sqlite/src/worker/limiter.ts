import { code } from "../client/protocol.ts";
import type { Handlers } from "./args.ts";
import type { State } from "./state.ts";

interface Bucket {
  /** Theoretical arrival time: the bucket is full again from then on. */
  tat: number;
  blockedUntil: number;
}

/** Sums of fractions of a millisecond on top of an epoch are no more exact than this. */
const roundingMs = 0.01;

/** GCRA. The buckets of a transaction are written once at its end, however often they were debited. */
export function limiterHandlers(state: State): Handlers {
  const { prepare } = state.database;
  const load = prepare("SELECT tat, blocked_until FROM devflow_bucket WHERE key = ?");
  const save = prepare(
    `INSERT INTO devflow_bucket (key, tat, blocked_until) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET tat = excluded.tat, blocked_until = excluded.blocked_until`,
  );
  const cache = new Map<string, Bucket>();
  const changed = new Set<string>();

  state.onReload(() => {
    cache.clear();
    changed.clear();
  });
  state.onFlush(() => {
    for (const key of changed) {
      const { tat, blockedUntil } = bucket(key);
      save.row(key, tat, blockedUntil);
    }
    changed.clear();
    if (cache.size > 10_000) cache.clear();
  });

  const bucket = (key: string): Bucket => {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const row = load.row(key);
    const loaded = { tat: Number(row?.[0] ?? 0), blockedUntil: Number(row?.[1] ?? 0) };
    cache.set(key, loaded);
    return loaded;
  };

  return {
    [code.take](args) {
      let ready = state.now;
      const debits = new Map<string, number>();
      for (let count = args.number(); count > 0; count -= 1) {
        const key = args.text();
        const interval = args.number();
        const burst = args.number();
        const cost = args.number();
        const { tat, blockedUntil } = bucket(key);
        const after = Math.max(debits.get(key) ?? tat, state.now) + interval * cost;
        debits.set(key, after);
        ready = Math.max(ready, after - interval * burst, blockedUntil);
      }
      if (ready - state.now > roundingMs) return Math.ceil(ready - state.now);
      for (const [key, tat] of debits) {
        bucket(key).tat = tat;
        changed.add(key);
      }
      return 0;
    },
    [code.penalize](args) {
      const key = args.text();
      const found = bucket(key);
      found.blockedUntil = Math.max(found.blockedUntil, args.number());
      changed.add(key);
    },
  };
}

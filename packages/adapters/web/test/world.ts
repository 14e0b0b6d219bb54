import type { AdapterContext, Clock, Delivery, Logger, Reception, Sink, WireResponse } from "@devflow/gateway/contract";
import { secret } from "@devflow/gateway/kit";

/** A clock that stands still until told otherwise. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(start = Date.UTC(2026, 0, 5, 9, 30)): ManualClock {
  let now = start;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
}

/** The adapter's state in maps, with the promises of `Memory`: versions, time to live, order by key. */
export interface World {
  readonly context: AdapterContext;
  readonly clock: ManualClock;
  readonly sink: Sink;
  readonly received: Reception[];
  readonly deliveries: () => readonly Delivery[];
  readonly logged: { level: string; fields: object; message: string }[];
  readonly keys: () => readonly string[];
  /** Runs before each write; a throw is a store that fails. */
  beforeWrite: (key: string) => void | Promise<void>;
  /** What the sink does after taking the deliveries. */
  respond: (reception: Reception) => WireResponse | Promise<WireResponse>;
}

export function createWorld(clock: ManualClock = manualClock()): World {
  const rows = new Map<string, { json: string; version: number; until: number }>();
  const blobs = new Map<string, Uint8Array>();
  const received: Reception[] = [];
  const logged: World["logged"] = [];
  let version = 0;
  const live = (key: string) => {
    const row = rows.get(key);
    return row !== undefined && row.until > clock.now() ? row : undefined;
  };
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const logger: Logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const world: World = {
    clock,
    received,
    logged,
    deliveries: () => received.flatMap((reception) => reception.deliveries),
    keys: () => [...rows.keys()].filter((key) => live(key) !== undefined),
    beforeWrite: () => {},
    respond: (reception) => reception.response ?? { status: 200 },
    async sink(reception) {
      received.push(reception);
      return world.respond(reception);
    },
    context: {
      clock,
      fetch,
      fetchPublic: fetch,
      log: logger,
      signal: new AbortController().signal,
      secret: () => undefined,
      setting: () => undefined,
      memory: {
        async get<T>(key: string) {
          const row = live(key);
          return row === undefined ? undefined : { value: JSON.parse(row.json) as T, version: row.version };
        },
        async set(key, value, options = {}) {
          await world.beforeWrite(key);
          const json = JSON.stringify(value);
          if (Buffer.byteLength(json) > 256 * 1024) throw new Error(`value of ${key} is too large`);
          if (options.ifVersion !== undefined && (live(key)?.version ?? 0) !== options.ifVersion) return false;
          rows.set(key, {
            json,
            version: ++version,
            until: options.ttlMs === undefined ? Infinity : clock.now() + options.ttlMs,
          });
          return version;
        },
        async delete(key) {
          await world.beforeWrite(key);
          return rows.delete(key);
        },
        async list<T>(prefix: string, options: { limit?: number; after?: string; reverse?: boolean } = {}) {
          const keys = [...rows.keys()].filter((key) => key.startsWith(prefix) && live(key) !== undefined).toSorted();
          if (options.reverse === true) keys.reverse();
          const { after } = options;
          const rest = after === undefined ? keys : keys.filter((key) => (options.reverse === true ? key < after : key > after));
          return rest.slice(0, options.limit).map((key) => ({ key, value: JSON.parse(live(key)?.json ?? "null") as T }));
        },
      },
      blobs: {
        async put(data) {
          const key = `blob-${blobs.size + 1}`;
          blobs.set(key, data);
          return key;
        },
        get: async (key) => blobs.get(key),
      },
    },
  };
  return world;
}

export const key = secret("0123456789abcdef0123456789abcdef");

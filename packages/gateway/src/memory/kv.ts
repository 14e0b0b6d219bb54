import type { Kv, KvWrite } from "../contract/index.ts";
import { checkKey, checkValue, compareBytes } from "../kit/index.ts";
import { sortedKeys } from "./keys.ts";
import type { World } from "./world.ts";

interface Entry {
  readonly value: Uint8Array;
  readonly version: number;
  readonly until: number;
}

export interface MemoryKv extends Kv {
  check(writes: readonly KvWrite[]): void;
  /** Whether the `ifVersion` of every write holds. */
  holds(writes: readonly KvWrite[]): boolean;
  write(write: KvWrite): number;
}

const sweepMs = 60_000;

export function memoryKv({ open, now, next }: World): MemoryKv {
  const entries = new Map<string, Entry>();
  const keys = sortedKeys((key) => entries.has(key));
  let sweptAt = 0;

  const find = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    return entry !== undefined && entry.until > now() ? entry : undefined;
  };
  const current = (key: string, ifVersion: number | undefined): boolean =>
    ifVersion === undefined || (find(key)?.version ?? 0) === ifVersion;
  const write = ({ key, value, ttlMs }: KvWrite): number => {
    const version = next();
    if (value === undefined) {
      if (entries.delete(key)) keys.removed();
      return version;
    }
    const time = now();
    if (time - sweptAt > sweepMs) {
      sweptAt = time;
      for (const [name, entry] of entries) if (entry.until <= time && entries.delete(name)) keys.removed();
    }
    if (!entries.has(key)) keys.added(key);
    entries.set(key, { value: value.slice(), version, until: ttlMs === undefined ? Infinity : time + ttlMs });
    return version;
  };

  const check = ({ key, value }: Pick<KvWrite, "key" | "value">): void => {
    checkKey(key, "key of a value");
    checkValue(value);
  };

  return {
    write,
    check: (writes) => writes.forEach(check),
    holds: (writes) => writes.every(({ key, ifVersion }) => current(key, ifVersion)),
    async get(key) {
      open();
      checkKey(key, "key of a value");
      const entry = find(key);
      return entry && { value: entry.value.slice(), version: entry.version };
    },
    async set(key, value, options = {}) {
      open();
      check({ key, value });
      return current(key, options.ifVersion) && write({ key, value, ...options });
    },
    async delete(key, options = {}) {
      open();
      checkKey(key, "key of a value");
      if (find(key) === undefined || !current(key, options.ifVersion)) return false;
      write({ key, value: undefined });
      return true;
    },
    async list(prefix, { limit = Infinity, after, reverse = false } = {}) {
      open();
      checkKey(prefix, "prefix of keys");
      const order = keys.sorted();
      const found: { key: string; value: Uint8Array; version: number }[] = [];
      const step = reverse ? -1 : 1;
      const from = after === undefined || compareBytes(after, prefix) < 0 ? prefix : after;
      const end = after === undefined ? Infinity : keys.firstFrom(after);
      let at = reverse ? Math.min(keys.firstBeyond(prefix), end) - 1 : keys.firstFrom(from);
      for (; found.length < limit; at += step) {
        const key = order[at];
        if (key === undefined || !key.startsWith(prefix)) break;
        if (after !== undefined && compareBytes(key, after) * step <= 0) continue;
        const entry = key === order[at - step] ? undefined : find(key);
        if (entry !== undefined) found.push({ key, value: entry.value.slice(), version: entry.version });
      }
      return found;
    },
  };
}

import type { Kv, KvWrite } from "@devflow/gateway/contract";
import { checkKey, checkValue } from "@devflow/gateway/kit";
import type { Client } from "./client/index.ts";

export function checkWrite({ key, value }: Pick<KvWrite, "key" | "value">): void {
  checkKey(key, "key of a value");
  checkValue(value);
}

/** A limit as PostgreSQL takes it: a whole number, whatever "all" is to the caller. */
export function whole(limit: number): number {
  return Math.min(Math.ceil(limit), 0x7fffffff);
}

/** Milliseconds as PostgreSQL takes them: whole, a duration never ends early, and "for ever" is thirty thousand years. */
export function millis(value: number): number {
  return Math.min(Math.ceil(value), 1e15);
}

/** No key is longer, so nothing that begins with a prefix lies beyond. */
const beyond = "\u{10FFFF}".repeat(129);

export function postgresKv({ track, look, write }: Client): Kv {
  return {
    get: (key) =>
      track(async () => {
        checkWrite({ key, value: undefined });
        const [row] = await look("kv_get", [key]);
        return row && { version: Number(row[0]), value: bytesOf(row[1]) };
      }),
    set: (key, value, { ttlMs, ifVersion } = {}) => {
      // Our own copy, taken before anything is waited for.
      const own = Buffer.from(value);
      return track(async () => {
        checkWrite({ key, value });
        const [row] = await write("kv_set", [key, own, ttlMs === undefined ? null : millis(ttlMs), ifVersion ?? null]);
        return row?.[0] == null ? false : Number(row[0]);
      });
    },
    delete: (key, { ifVersion } = {}) =>
      track(async () => {
        checkWrite({ key, value: undefined });
        return (await write("kv_delete", [key, ifVersion ?? null]))[0]?.[0] === true;
      }),
    list: (prefix, { limit = Infinity, after, reverse = false } = {}) =>
      track(async () => {
        checkKey(prefix, "prefix of keys");
        const rows = await look("kv_list", [prefix, prefix + beyond, after ?? null, whole(limit), reverse]);
        return rows.map(([key, version, value]) => ({ key: String(key), version: Number(version), value: bytesOf(value) }));
      }),
  };
}

function bytesOf(value: unknown): Uint8Array {
  return new Uint8Array(value as Buffer);
}

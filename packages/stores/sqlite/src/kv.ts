import type { Kv, KvEntry, KvWrite } from "@devflow/gateway/contract";
import { checkKey, checkValue } from "@devflow/gateway/kit";
import type { Client } from "./client/index.ts";
import { code } from "./client/protocol.ts";

export function checkWrite(key: string, value: Uint8Array | undefined): void {
  checkKey(key, "key of a value");
  checkValue(value);
}

/** A limit as SQLite takes it: a whole number, whatever "all" is to the caller. */
export function whole(limit: number): number {
  return Math.min(Math.ceil(limit), 0x7fffffff);
}

/** Puts a write into the arguments of a call. */
export function writeEntry(out: unknown[], { key, value, ttlMs, ifVersion }: KvWrite): void {
  out.push(
    key,
    value === undefined ? null : new Uint8Array(value),
    ttlMs === undefined ? null : Math.ceil(ttlMs),
    ifVersion ?? null,
  );
}

export function sqliteKv(client: Client): Kv {
  return {
    async get(key) {
      checkWrite(key, undefined);
      const row = (await client.call(code.kvGet, [key])) as readonly [number, Uint8Array] | undefined;
      return row && { version: row[0], value: row[1] };
    },
    async set(key, value, options = {}) {
      checkWrite(key, value);
      const args: unknown[] = [];
      writeEntry(args, { ...options, key, value });
      return (await client.call(code.kvSet, args)) as number | false;
    },
    async delete(key, options = {}) {
      checkWrite(key, undefined);
      const args: unknown[] = [];
      writeEntry(args, { ...options, key, value: undefined });
      return (await client.call(code.kvDelete, args)) as boolean;
    },
    async list(prefix, { limit = Infinity, after, reverse = false } = {}) {
      checkKey(prefix, "prefix of keys");
      const args = [prefix, after ?? null, whole(limit), reverse ? 1 : 0];
      const rows = (await client.call(code.kvList, args)) as readonly (readonly [string, number, Uint8Array])[];
      return rows.map(([key, version, value]): KvEntry & { readonly key: string } => ({ key, version, value }));
    },
  };
}

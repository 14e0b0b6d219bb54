import { hash } from "node:crypto";
import type { AdapterContext, Blobs, Clock, Logger, Memory, Secrets, Store } from "../contract/index.ts";
import { createPublicFetch } from "./public.ts";
import { variable, type Environment } from "./environment.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const chunkBytes = 240 * 1024;
const dayMs = 86_400_000;

/** The store's small values below a name of its own. `ready` is awaited before each use. */
export function memoryOf(store: Store, prefix: string, ready: () => Promise<void> = () => Promise.resolve()): Memory {
  const parse = <T>(value: Uint8Array): T => JSON.parse(decoder.decode(value)) as T;
  return {
    async get<T>(key: string) {
      await ready();
      const entry = await store.kv.get(prefix + key);
      return entry && { value: parse<T>(entry.value), version: entry.version };
    },
    async set(key, value, options) {
      await ready();
      return store.kv.set(prefix + key, encoder.encode(JSON.stringify(value)), options);
    },
    async delete(key) {
      await ready();
      return store.kv.delete(prefix + key);
    },
    async list<T>(below: string, options: { limit?: number; after?: string; reverse?: boolean } = {}) {
      await ready();
      const after = options.after === undefined ? {} : { after: prefix + options.after };
      const entries = await store.kv.list(prefix + below, { ...options, ...after });
      return entries.map(({ key, value }) => ({ key: key.slice(prefix.length), value: parse<T>(value) }));
    },
  };
}

/** Bytes of attachments, in pieces that fit the store. The key is their hash, so storing them again changes nothing. */
function blobsOf(store: Store): Blobs {
  return {
    async put(data, { ttlMs = 7 * dayMs } = {}) {
      // The time to live is in the key, so that storing the same bytes for an hour does not shorten somebody's week.
      const key = `${hash("sha256", data, "hex")}-${ttlMs}-${data.byteLength}`;
      const pieces = Math.max(1, Math.ceil(data.byteLength / chunkBytes));
      for (let index = 0; index < pieces; index++) {
        await store.kv.set(`blob/${key}/${index}`, data.subarray(index * chunkBytes, (index + 1) * chunkBytes), { ttlMs });
      }
      return key;
    },
    async get(key) {
      const bytes = Number(key.slice(key.lastIndexOf("-") + 1));
      if (!Number.isSafeInteger(bytes) || bytes < 0) return undefined;
      const pieces = await Promise.all(
        Array.from({ length: Math.max(1, Math.ceil(bytes / chunkBytes)) }, (_, index) => store.kv.get(`blob/${key}/${index}`)),
      );
      const data = Buffer.concat(pieces.map((piece) => piece?.value ?? new Uint8Array()));
      return data.byteLength === bytes && pieces.every(Boolean) ? data : undefined;
    },
  };
}

export interface WorldDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetch: typeof fetch;
  /** Whether files at addresses of strangers' choice may be inside private networks. */
  readonly privateNetworks: boolean;
  readonly secrets: Secrets;
  readonly environment: Environment;
}

/** Makes what adapters see of the world. */
export function createWorld(deps: WorldDeps): {
  context(platform: string, signal: AbortSignal): AdapterContext;
  readonly blobs: Blobs;
} {
  const blobs = blobsOf(deps.store);
  const bases = new Map<string, Omit<AdapterContext, "signal">>();
  const base = (platform: string): Omit<AdapterContext, "signal"> => {
    let made = bases.get(platform);
    if (!made) {
      made = {
        clock: deps.clock,
        fetch: deps.fetch,
        fetchPublic: deps.privateNetworks ? deps.fetch : createPublicFetch({ platform }),
        log: deps.log,
        memory: memoryOf(deps.store, `adapter/${platform}/`),
        blobs,
        secret: (name, account) => deps.secrets.get({ platform, name, ...(account === undefined ? {} : { account }) }),
        setting: (name) => variable(deps.environment, platform, name),
      };
      bases.set(platform, made);
    }
    return made;
  };
  return { blobs, context: (platform, signal) => ({ ...base(platform), signal }) };
}

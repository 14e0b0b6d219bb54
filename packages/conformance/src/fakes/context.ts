import type { AdapterContext, Blobs, Clock, Logger, Memory, Secret, Secrets } from "@devflow/gateway/contract";
import { secret } from "@devflow/gateway/kit";
import { manualClock, type ManualClock } from "./clock.ts";
import { fakeLogger, type FakeLogger } from "./log.ts";

/** A vault that remembers what it was asked for. */
export interface FakeSecrets extends Secrets {
  get(query: { readonly platform: string; readonly name: string; readonly account?: string }): Secret | undefined;
  /** Names asked for, in order, as `<PLATFORM>_<NAME>`. */
  readonly asked: readonly string[];
}

/**
 * Makes a vault. A key is `BOT_TOKEN`, or `SLACK_BOT_TOKEN` when several platforms share the vault; `@<account>` behind
 * either makes it that account's own.
 */
export function fakeSecrets(values: Readonly<Record<string, string>> = {}): FakeSecrets {
  const asked: string[] = [];
  return {
    asked,
    get({ platform, name, account }) {
      const full = `${platform.toUpperCase().replaceAll("-", "_")}_${name}`;
      asked.push(full);
      const found = [`${full}@${account}`, `${name}@${account}`, full, name].find((key) => values[key] !== undefined);
      return found === undefined ? undefined : secret(values[found] ?? "");
    },
  };
}

/** What {@link fakeContext} takes; everything has a default. */
export interface FakeContextOptions {
  /** Name that secrets and settings are looked up under. `fake` unless set. */
  readonly platform?: string;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly secrets?: Secrets | Readonly<Record<string, string>>;
  /** Plain settings by short name, such as `API_URL`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Reaches this machine alone unless set. */
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
}

/** The world of an adapter under test: memory and blobs in maps, a clock that stands still, a log that is kept. */
export interface FakeContext extends AdapterContext {
  /** The clock that the context was made with; a manual one unless another was handed in. */
  readonly clock: ManualClock;
  readonly log: FakeLogger;
  /** All that the adapter wrote to its memory, by key. */
  readonly remembered: ReadonlyMap<string, { readonly value: string; readonly version: number; readonly until: number }>;
}

/** Makes a {@link FakeContext}. */
export function fakeContext(options: FakeContextOptions = {}): FakeContext {
  const platform = options.platform ?? "fake";
  const clock = (options.clock ?? manualClock()) as ManualClock;
  const remembered = new Map<string, { value: string; version: number; until: number }>();
  const vault = isVault(options.secrets) ? options.secrets : fakeSecrets(options.secrets);
  return {
    clock,
    log: (options.log ?? fakeLogger()) as FakeLogger,
    fetch: options.fetch ?? loopbackFetch,
    fetchPublic: options.fetch ?? loopbackFetch,
    memory: fakeMemory(clock, remembered),
    blobs: fakeBlobs(),
    signal: options.signal ?? new AbortController().signal,
    secret: (name, account) => vault.get(account === undefined ? { platform, name } : { platform, name, account }),
    setting: (name) => options.settings?.[name],
    remembered,
  };
}

function isVault(secrets: FakeContextOptions["secrets"]): secrets is Secrets {
  return typeof secrets?.["get"] === "function";
}

/** A `fetch` that refuses every host but this machine, so that no test reaches out. */
export const loopbackFetch: typeof fetch = async (input, init) => {
  const { hostname } = new URL(input instanceof Request ? input.url : input);
  if (!["127.0.0.1", "localhost", "[::1]"].includes(hostname)) throw new TypeError(`Tests do not reach the network: ${hostname}`);
  return await fetch(input, init);
};

function fakeMemory(clock: Clock, entries: Map<string, { value: string; version: number; until: number }>): Memory {
  let lastVersion = 0;
  const live = (key: string): { value: string; version: number } | undefined => {
    const entry = entries.get(key);
    return entry && entry.until > clock.now() ? entry : undefined;
  };
  return {
    async get<T>(key: string) {
      const entry = live(key);
      return entry && { value: JSON.parse(entry.value) as T, version: entry.version };
    },
    async set(key, value, { ttlMs = Infinity, ifVersion } = {}) {
      if (ifVersion !== undefined && ifVersion !== (live(key)?.version ?? 0)) return false;
      lastVersion += 1;
      entries.set(key, { value: JSON.stringify(value), version: lastVersion, until: clock.now() + ttlMs });
      return lastVersion;
    },
    async delete(key) {
      const was = live(key) !== undefined;
      entries.delete(key);
      return was;
    },
    async list<T>(prefix: string, { limit = Infinity, after, reverse = false }: Parameters<Memory["list"]>[1] = {}) {
      const keys = [...entries.keys()].filter((key) => key.startsWith(prefix) && live(key) !== undefined).toSorted();
      if (reverse) keys.reverse();
      const rest = after === undefined ? keys : keys.filter((key) => (reverse ? key < after : key > after));
      return rest.slice(0, limit).map((key) => ({ key, value: JSON.parse(live(key)?.value ?? "null") as T }));
    },
  };
}

function fakeBlobs(): Blobs {
  const blobs = new Map<string, Uint8Array>();
  return {
    async put(data) {
      const key = `blob-${blobs.size + 1}`;
      blobs.set(key, Uint8Array.from(data));
      return key;
    },
    get: async (key) => blobs.get(key),
  };
}

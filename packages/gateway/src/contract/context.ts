/** Time, as everything in this project sees it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once after `ms`; the returned function cancels. Does not keep the process alive by itself. */
  after(ms: number, run: () => void): () => void;
}

/** A log in the shape of pino, console-like loggers included through an adapter of two lines. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A value that does not print itself: `String`, JSON and `util.inspect` show `[secret]`. Made by `secret()` of the kit. */
export interface Secret {
  /** The value. Call it where the value leaves the process, and nowhere earlier. */
  expose(): string;
}

/**
 * Finds credentials. The host's default reads the environment: `BOT_TOKEN` of `slack` is `SLACK_BOT_TOKEN`, or that of the account
 * `T0123` alone `SLACK_BOT_TOKEN_T0123`.
 */
export interface Secrets {
  get(query: {
    readonly platform: string;
    readonly name: string;
    readonly account?: string;
  }): Promise<Secret | undefined> | Secret | undefined;
}

/** A durable place for an adapter's small state, its own by name. Values are JSON, at most 256 KiB. */
export interface Memory {
  get<T>(key: string): Promise<{ readonly value: T; readonly version: number } | undefined>;
  /** Resolves to the new version, or false when `ifVersion` (0: absent) is not the current one. */
  set(key: string, value: unknown, options?: { readonly ttlMs?: number; readonly ifVersion?: number }): Promise<number | false>;
  delete(key: string): Promise<boolean>;
  list<T>(
    prefix: string,
    options?: { readonly limit?: number; readonly after?: string; readonly reverse?: boolean },
  ): Promise<readonly { readonly key: string; readonly value: T }[]>;
}

/** Bytes that a draft attached, kept in the store until they are sent. */
export interface Blobs {
  put(data: Uint8Array, options?: { readonly ttlMs?: number }): Promise<string>;
  get(key: string): Promise<Uint8Array | undefined>;
}

/** All of the world that an adapter may touch, handed in on each call. Adapters read no clock, environment or global. */
export interface AdapterContext {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /**
   * Reads what is at an address that a stranger may have chosen: over http or https, without credentials, redirects followed, at
   * public addresses alone unless the gateway was told otherwise. Rejects with `file.refused` elsewhere, before it connects.
   */
  readonly fetchPublic: (url: string | URL, init?: { readonly signal?: AbortSignal }) => Promise<Response>;
  readonly log: Logger;
  readonly memory: Memory;
  readonly blobs: Blobs;
  /** Aborts when the caller no longer wants the result. */
  readonly signal: AbortSignal;
  /** The adapter's secret by its conventional name, such as `BOT_TOKEN`. */
  secret(name: string, account?: string): Promise<Secret | undefined> | Secret | undefined;
  /** A plain setting, such as `API_URL`, from `<PLATFORM>_<NAME>`. */
  setting(name: string): string | undefined;
}

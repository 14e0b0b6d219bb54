/** A value with its version, which never repeats for a key, deletions included. */
export interface KvEntry {
  readonly value: Uint8Array;
  readonly version: number;
}

export interface KvWrite {
  readonly key: string;
  /** Undefined deletes. At most 256 KiB. */
  readonly value: Uint8Array | undefined;
  readonly ttlMs?: number;
  /** Write only over this version; 0 means absent. */
  readonly ifVersion?: number;
}

export interface Kv {
  get(key: string): Promise<KvEntry | undefined>;
  /** Resolves to the new version, or false when `ifVersion` does not hold. */
  set(
    key: string,
    value: Uint8Array,
    options?: { readonly ttlMs?: number; readonly ifVersion?: number },
  ): Promise<number | false>;
  delete(key: string, options?: { readonly ifVersion?: number }): Promise<boolean>;
  /** Entries whose key begins with `prefix`, ordered by the bytes of their key; `after` is exclusive. */
  list(
    prefix: string,
    options?: { readonly limit?: number; readonly after?: string; readonly reverse?: boolean },
  ): Promise<readonly (KvEntry & { readonly key: string })[]>;
}

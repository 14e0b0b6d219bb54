/** Parsed payloads at hand for the claim that usually follows at once. */
export interface Hand {
  /** Keeps a payload; false when one is kept under this id already, and stays. The oldest make way when it is too much. */
  put(id: string, payload: unknown, size: number): boolean;
  /** Hands a payload out, once. */
  take(id: string): unknown;
}

/** Makes a {@link Hand} for payloads whose texts are together at most `limit` characters long. */
export function createHand(limit: number = 16 * 1_048_576): Hand {
  const kept = new Map<string, { readonly payload: unknown; readonly size: number }>();
  let total = 0;
  const take = (id: string): unknown => {
    const entry = kept.get(id);
    if (!entry) return undefined;
    kept.delete(id);
    total -= entry.size;
    return entry.payload;
  };
  return {
    take,
    put(id, payload, size) {
      if (kept.has(id)) return false;
      kept.set(id, { payload, size });
      total += size;
      // Another process may do the job, and nobody comes for the payload then.
      while (total > limit) take(kept.keys().next().value ?? "");
      return true;
    },
  };
}

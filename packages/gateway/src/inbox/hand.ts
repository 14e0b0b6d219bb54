import { dictionary, type Dictionary } from "../kit/dictionary.ts";

/** Parsed payloads at hand for the claim that usually follows at once. */
export interface Hand {
  /** Keeps a payload; false when one is kept under this id already, and stays. The oldest make way when it is too much. */
  put(id: string, payload: unknown, size: number): boolean;
  /** Hands a payload out, once. */
  take(id: string): unknown;
}

interface Kept {
  readonly payload: unknown;
  readonly size: number;
}

/** Makes a {@link Hand} for payloads whose texts are together at most `limit` characters long. */
export function createHand(limit: number = 16 * 1_048_576): Hand {
  // Another process may do a job, and nobody comes for the payload then: what half of the limit has passed by is dropped.
  let fresh: Dictionary<Kept> = dictionary();
  let aged: Dictionary<Kept> = dictionary();
  let size = 0;
  return {
    put(id, payload, length) {
      if (fresh[id] !== undefined || aged[id] !== undefined) return false;
      if (length > limit / 2) return true;
      if (size + length > limit / 2) {
        aged = fresh;
        fresh = dictionary();
        size = 0;
      }
      fresh[id] = { payload, size: length };
      size += length;
      return true;
    },
    take(id) {
      const entry = fresh[id];
      if (entry === undefined) {
        const old = aged[id]?.payload;
        delete aged[id];
        return old;
      }
      delete fresh[id];
      size -= entry.size;
      return entry.payload;
    },
  };
}

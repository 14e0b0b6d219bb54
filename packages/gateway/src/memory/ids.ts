import { dictionary } from "../kit/dictionary.ts";
import type { Item } from "./lane.ts";

/** Every id the queue knows: those of its jobs, dead ones included, and for a time those of finished ones. */
export interface Ids {
  find(id: string): Item | undefined;
  has(id: string, now: number): boolean;
  add(item: Item): void;
  /** The job is gone; its id is remembered for the queue's time. */
  finish(item: Item, now: number): void;
  /** Forgets at most `limit` ids whose time is over. */
  prune(now: number, limit: number): number;
}

export function ids(dedupeTtlMs: number): Ids {
  const jobs = dictionary<Item>();
  /** In the order of expiry, since every id is remembered for the same time. */
  const done = new Map<string, number>();

  return {
    find: (id) => jobs[id],
    has: (id, now) => jobs[id] !== undefined || (done.get(id) ?? 0) > now,
    add(item) {
      jobs[item.id] = item;
    },
    finish(item, now) {
      item.state = "gone";
      delete jobs[item.id];
      done.delete(item.id);
      done.set(item.id, now + dedupeTtlMs);
    },
    prune(now, limit) {
      let count = 0;
      for (const [id, until] of done) {
        if (until > now || count >= limit) break;
        done.delete(id);
        count += 1;
      }
      return count;
    },
  };
}

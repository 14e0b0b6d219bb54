import type { DeadJob, Queue } from "../contract/index.ts";
import { compareBytes } from "../kit/index.ts";
import type { Item } from "./lane.ts";
import type { Lanes } from "./lanes.ts";

/** What an operator does with dead jobs. */
export function deadLetters(
  queue: string,
  lanes: Lanes,
  /** What every call begins with; gives the time. */
  begin: () => number,
): Pick<Queue, "listDead" | "replay" | "discard" | "purge"> {
  const found = (ids: readonly string[]): Item[] => [...new Set(ids)].flatMap((id) => lanes.dead.get(id) ?? []);

  return {
    async listDead({ limit, after, key }) {
      begin();
      return [...lanes.dead.values()]
        .filter((item) => (key === undefined || item.key === key) && (after === undefined || compareBytes(item.id, after) > 0))
        .toSorted((a, b) => compareBytes(a.id, b.id))
        .slice(0, limit)
        .map((item) => shown(queue, item));
    },
    async replay(ids, { front = false } = {}) {
      const time = begin();
      const items = found(ids);
      for (const item of front ? items.toReversed() : items) lanes.revive(item, time, front);
      return items.length;
    },
    async discard(ids) {
      const time = begin();
      const items = found(ids);
      for (const item of items) lanes.discard(item, time);
      return items.length;
    },
    async purge({ dead = false } = {}) {
      const time = begin();
      const items = dead ? [...lanes.dead.values()] : [];
      for (const item of items) lanes.discard(item, time);
      return items.length + lanes.forget(time);
    },
  };
}

function shown(queue: string, { key, id, payload, headers, attempts, reason, error, enqueuedAt, diedAt }: Item): DeadJob {
  const job = { queue, key, id, payload, headers, attempts, reason, enqueuedAt, diedAt };
  return error === undefined ? job : { ...job, error };
}

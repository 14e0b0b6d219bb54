import type { DeadJob, Queue } from "../contract/index.ts";
import { compareBytes } from "../kit/index.ts";
import type { Item } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { World } from "./world.ts";

/** What an operator does with dead jobs. */
export function deadLetters(
  { open, now }: World,
  queue: string,
  lanes: Lanes,
): Pick<Queue, "listDead" | "replay" | "discard" | "purge"> {
  const found = (ids: readonly string[]): Item[] => [...new Set(ids)].flatMap((id) => lanes.dead.get(id) ?? []);

  return {
    async listDead({ limit, after, key }) {
      open();
      return [...lanes.dead.values()]
        .filter((item) => (key === undefined || item.key === key) && (after === undefined || compareBytes(item.id, after) > 0))
        .toSorted((a, b) => compareBytes(a.id, b.id))
        .slice(0, limit)
        .map((item) => shown(queue, item));
    },
    async replay(ids, { front = false } = {}) {
      open();
      const items = found(ids);
      lanes.promote(now());
      for (const item of front ? items.toReversed() : items) lanes.revive(item, now(), front);
      return items.length;
    },
    async discard(ids) {
      open();
      const items = found(ids);
      for (const item of items) lanes.discard(item, now());
      return items.length;
    },
    async purge({ dead = false } = {}) {
      open();
      const items = dead ? [...lanes.dead.values()] : [];
      for (const item of items) lanes.discard(item, now());
      return items.length + lanes.forget(now());
    },
  };
}

function shown(queue: string, { key, id, payload, headers, attempts, reason, error, enqueuedAt, diedAt }: Item): DeadJob {
  const job = { queue, key, id, payload, headers, attempts, reason, enqueuedAt, diedAt };
  return error === undefined ? job : { ...job, error };
}

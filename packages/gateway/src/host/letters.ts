import type { DeadJob, Queue } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { compareBytes } from "../kit/store.ts";

/** An event or operation that failed for good, as it waits for a decision. */
export type DeadLetter = Omit<DeadJob, "payload"> & { readonly payload: string };

/** What to look at and decide. */
export interface DeadLetters {
  /** Of all queues, or of one (`inbox`, `interactive`, `outbox-<platform>`), in the order of the bytes of their ids; `after` is exclusive. */
  list(options?: { readonly queue?: string; readonly limit?: number; readonly after?: string }): Promise<readonly DeadLetter[]>;
  /** Tries them again; resolves to how many went back. Ids are those of `list`. */
  replay(ids: readonly string[]): Promise<number>;
  /** Forgets them for good. */
  discard(ids: readonly string[]): Promise<number>;
}

/** `revive` is told of a queue's jobs before they go back. */
export function deadLetters(
  queues: () => readonly Queue[],
  revive: (queue: string, ids: readonly string[]) => Promise<void>,
): DeadLetters {
  const overAll = async (act: (queue: Queue) => Promise<number>): Promise<number> =>
    (await Promise.all(queues().map(act))).reduce((sum, count) => sum + count, 0);
  return {
    async list({ queue: name, limit = 100, after } = {}) {
      const asked = queues().filter((queue) => name === undefined || queue.name === name);
      if (asked.length === 0)
        throw new GatewayError(
          "options.invalid",
          `There is no queue "${name}". There are: ${queues()
            .map((queue) => queue.name)
            .join(", ")}.`,
        );
      const lists = await Promise.all(asked.map((queue) => queue.listDead({ limit, ...(after === undefined ? {} : { after }) })));
      return lists
        .flat()
        .toSorted((a, b) => compareBytes(a.id, b.id))
        .slice(0, limit)
        .map((job) => ({ ...job, payload: String(job.payload) }));
    },
    replay: (ids) =>
      overAll(async (queue) => {
        await revive(queue.name, ids);
        return queue.replay(ids);
      }),
    discard: (ids) => overAll((queue) => queue.discard(ids)),
  };
}

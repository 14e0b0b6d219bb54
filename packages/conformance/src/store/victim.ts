import { writeSync } from "node:fs";
import type { Store } from "@devflow/gateway/contract";
import { claim, queueDefaults } from "./subject.ts";

/** Lanes the victim spreads its jobs over. */
const victimLanes = 7;

/**
 * The life of a process that will be killed: it enqueues, claims and acks with a chained job, as fast as the store answers,
 * and writes a line to its output for everything the store has acknowledged: `enqueued <id>`, `claimed <id>`, `acked <id>`.
 * Every fifth claim it keeps. Hand it the store that `victim` of the suite's options is to open.
 */
export async function storeVictim(store: Store, run: string): Promise<void> {
  await store.migrate();
  const inbox = store.queue("inbox", queueDefaults);
  store.queue("outbox", queueDefaults);
  const say = (line: string): void => void writeSync(1, `${line}\n`);
  say("ready");
  let next = 0;
  const produce = async (): Promise<void> => {
    for (;;) {
      const id = `${run}-${(next += 1)}`;
      await inbox.enqueue([{ key: `k${next % victimLanes}`, id, payload: id }]);
      say(`enqueued ${id}`);
    }
  };
  const consume = async (): Promise<void> => {
    for (let count = 0; ;) {
      for (const each of await claim(inbox, 4, 2_000)) {
        say(`claimed ${each.id}`);
        count += 1;
        if (count % 5 === 0) continue;
        const result = await inbox.ack(each, {
          then: [{ queue: "outbox", key: each.key, id: `${each.id}:1`, payload: each.id }],
        });
        if (result === "ok") say(`acked ${each.id}`);
      }
    }
  };
  await Promise.all([produce(), produce(), produce(), consume()]);
}

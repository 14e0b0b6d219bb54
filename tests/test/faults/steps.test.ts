import { describe, expect, it } from "vitest";
import { deliver, eventually } from "../core/child/index.ts";
import { nightly, range } from "../core/harness.ts";
import { startCluster } from "./cluster.ts";
import { engines } from "./engines.ts";
import { measured } from "./measured.ts";

/** Before and after each thing that a gateway asks of its store. In short, those at which two of them could disagree. */
const steps = [
  "after inbox.enqueue",
  "after inbox.claim",
  "before inbox.ack",
  "after inbox.ack",
  "before outbox-fake.ack",
  ...(nightly
    ? ["before inbox.enqueue", "after response", "in handler", "after outbox-fake.claim", "after outbox-fake.ack"]
    : []),
];

describe.each(engines)("a gateway on $name", ({ missing, start }) => {
  const why = missing === undefined ? "" : ` (skipped: ${missing})`;

  it.skipIf(missing !== undefined)(
    `reliability 15: killed with -9 at each of ${steps.length} steps while another one works on, loses nothing and doubles nothing${why}`,
    async ({ task }) => {
      const engine = await start();
      // It outlives all that are killed, and may have taken over before a doomed one comes to its step.
      const { platform, lives } = await startCluster(engine, 1);
      const healthy = lives[0]?.port ?? 0;
      const expected: string[] = [];
      let kills = 0;
      for (const round of range(nightly ? 10 : 1)) {
        for (const step of steps) {
          const doomed = await startCluster({ ...engine, remove: async () => {} }, 1, { KILL: step, PLATFORM: platform.url });
          const [life] = doomed.lives;
          const died = life?.ended ?? Promise.resolve(0);
          const name = `${step}, ${round}`;
          let n = 0;
          // It is spoken to until it dies, and what it did not answer is said again to the other one.
          for (let over = false; !over && n < 200; n++) {
            const event = { id: `${name}-${n}`, room: `${name} ${n % 4}`, text: String(n) };
            while ((await deliver(life?.port ?? 0, event)) !== 200 && (await deliver(healthy, event)) !== 200);
            expected.push(`${event.room}: ${n} 1`, `${event.room}: ${n} 2`);
            over = await Promise.race([died.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
          }
          expect([step, n < 200 && (await died)]).toEqual([step, "SIGKILL"]);
          kills += 1;
        }
      }
      await eventually(() => platform.seen().length >= expected.length, `${expected.length} replies`, 60_000);
      const seen = platform.seen();
      const doubled = platform.arrivals.length - seen.length;
      measured(task, `${kills} kills, ${expected.length} replies: 0 lost; ${doubled} sent twice under the same key`);
      const inOrder = (all: readonly string[]): readonly string[] => all.toSorted((a, b) => room(a).localeCompare(room(b)));
      expect(inOrder(seen.map((one) => `${one.room}: ${one.text}`))).toEqual(inOrder(expected));
    },
    300_000 * (nightly ? 5 : 1),
  );
});

function room(line: string): string {
  return line.slice(0, line.indexOf(":"));
}

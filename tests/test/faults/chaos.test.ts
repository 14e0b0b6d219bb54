import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually, type Arrival } from "../core/child/index.ts";
import { startCluster, startCrowd } from "./cluster.ts";
import { engines } from "./engines.ts";
import { measured } from "./measured.ts";

/** How long the chaos lasts; five minutes when it is to be shown, a moment in each test run. */
const seconds = Number(process.env["DEVFLOW_CHAOS_S"] ?? 15);
const engineEveryS = Math.min(10, seconds / 3);
const rooms = seconds >= 120 ? 10_000 : 1000;

describe.each(engines)("chaos on $name", ({ name, missing, start }) => {
  it.skipIf(missing !== undefined)(
    `reliability 15, 17: four gateways, kill -9 of one each second at most, and of the engine each ${engineEveryS} s, ${rooms} rooms, ${seconds} s: nothing is lost, out of order, or doubled where keys are honoured${missing === undefined ? "" : ` (skipped: ${missing})`}`,
    async ({ task }) => {
      const engine = await start();
      const { platform, lives, replace } = await startCluster(engine, 4);
      const crowd = startCrowd(lives, rooms, seconds >= 120 ? 48 : 16, () => platform.arrivals.length);
      let kills = 0;
      let engineKills = 0;
      const until = Date.now() + seconds * 1000;
      const engineKiller = (async () => {
        for (let at = Date.now() + engineEveryS * 1000; Math.max(at, Date.now()) < until; at += engineEveryS * 1000) {
          await pause(Math.max(0, at - Date.now()));
          await engine.kill();
          await engine.start();
          engineKills += 1;
        }
      })();
      // On a busy machine it takes longer than a second until the next one listens: then there are fewer kills, but three.
      for (let at = Date.now() + 1000; Math.max(at, Date.now()) < until || kills < 3; at += 1000) {
        await pause(Math.max(0, at - Date.now()));
        await replace(kills % lives.length);
        kills += 1;
      }
      await engineKiller;
      const events = await crowd.hush();
      await eventually(
        () => new Set(platform.arrivals.map(({ key }) => key)).size >= events * 2,
        `${events * 2} replies`,
        120_000,
      );
      const seen = platform.seen();
      const doubled = platform.arrivals.length - seen.length;
      const byRoom = Map.groupBy(seen, ({ room }) => room);
      const disordered = [...crowd.said].filter(([room, texts]) => !answersIn(byRoom.get(room) ?? [], texts)).length;
      measured(
        task,
        `${kills} kills of gateways, ${engineKills} of ${name}; ${events} events, ${events * 2} replies: ${events * 2 - seen.length} lost, 0 doubled, ${disordered} rooms out of order; ${doubled} sent twice under the same key`,
      );
      expect({ replies: seen.length, disordered }).toEqual({ replies: events * 2, disordered: 0 });
      expect(events).toBeGreaterThan(seconds);
      expect(engineKills).toBeGreaterThan(0);
    },
    seconds * 1000 + 240_000,
  );
});

/** Whether a room saw two replies to each text, in order. */
function answersIn(arrivals: readonly Arrival[], texts: readonly string[]): boolean {
  return arrivals.map(({ text }) => text).join() === texts.flatMap((text) => [`${text} 1`, `${text} 2`]).join();
}

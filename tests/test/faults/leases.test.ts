import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually } from "../core/child/index.ts";
import { startCluster } from "./cluster.ts";
import { engines } from "./engines.ts";
import { busyMs, measured } from "./measured.ts";

const ttlMs = 15_000;

describe.each(engines)("lines on $name", ({ missing, start }) => {
  const why = missing === undefined ? "" : ` (skipped: ${missing})`;

  it.skipIf(missing !== undefined)(
    `reliability 39: of three gateways one holds the line; stopped or killed, another has it within ttl + 1 s, and never two at once${why}`,
    async ({ task }) => {
      const engine = await start();
      const { platform, lives } = await startCluster(engine, 3, { LINE: "1" });
      const holds = () =>
        platform.arrivals.filter(({ room }) => room === "line").map(({ text, key }) => ({ who: text, at: Number(key) }));
      const holder = () => holds().at(-1)?.who;
      await eventually(() => holds().length > 3, "somebody holds the line", 60_000);
      const first = holder();
      const stopped = lives.find(({ child }) => String(child.pid) === first);
      stopped?.child.kill("SIGSTOP");
      const stoppedAt = Date.now();
      await eventually(() => holder() !== first, "another holds it", ttlMs + 1000 + busyMs);
      const tookMs = Date.now() - stoppedAt;
      // Awake again, it finds that its time is over before it says anything more.
      stopped?.child.kill("SIGCONT");
      await pause(2000);
      const second = holder();
      const killed = lives.find(({ child }) => String(child.pid) === second);
      killed?.child.kill("SIGKILL");
      const killedAt = Date.now();
      await eventually(() => holder() !== second, "a third holds it", ttlMs + 1000 + busyMs);
      const thenMs = Date.now() - killedAt;
      await pause(1000);
      const all = holds();
      const changes = all.filter(({ who }, index) => index > 0 && who !== all[index - 1]?.who).length;
      measured(
        task,
        `moved ${tookMs} ms after a stop and ${thenMs} ms after a kill, ttl ${ttlMs} ms; ${changes} changes of hands`,
      );
      expect(changes).toBe(2);
      expect(Math.max(tookMs, thenMs)).toBeLessThan(ttlMs + 1000 + busyMs);
    },
    180_000,
  );
});

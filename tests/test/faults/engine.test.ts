import { setTimeout as pause } from "node:timers/promises";
import { faultProxy } from "@devflow/conformance";
import { describe, expect, it, onTestFinished } from "vitest";
import { deliver, eventually } from "../core/child/index.ts";
import { range } from "../core/harness.ts";
import { startCluster, startCrowd } from "./cluster.ts";
import { engines } from "./engines.ts";
import { busyMs, measured } from "./measured.ts";

const room = (n: number): string => `room-${n % 10}`;
const event = (n: number): { id: string; room: string; text: string } => ({ id: `e${n}`, room: room(n), text: String(n) });

describe.each(engines)("$name under gateways", ({ missing, start }) => {
  const why = missing === undefined ? "" : ` (skipped: ${missing})`;

  it.skipIf(missing !== undefined)(
    `reliability 17: while the engine is away every webhook is refused, and work goes on within five seconds of its return${why}`,
    async ({ task }) => {
      const engine = await start();
      const { platform, lives } = await startCluster(engine, 2);
      const port = (n: number): number => lives[n % 2]?.port ?? 0;
      for (const n of range(20)) expect(await deliver(port(n), event(n))).toBe(200);
      await engine.stop();
      const refused = await Promise.all(range(20).map((n) => deliver(port(n), event(100 + n))));
      await pause(3000);
      await engine.start();
      const back = Date.now();
      // What was refused was not kept: it comes again, and is new.
      for (const n of range(2)) while ((await deliver(port(n), event(100 + n))) !== 200) await pause(50);
      const resumedMs = Date.now() - back;
      for (const n of range(18)) expect(await deliver(port(n), event(102 + n))).toBe(200);
      await eventually(
        () => platform.seen().length === 80,
        "the replies to what was taken before, and to what came again",
        60_000,
      );
      measured(
        task,
        `${refused.filter((status) => status === 503).length} of 20 refused with 503, taken again by both ${resumedMs} ms after the return; 80 replies of 80`,
      );
      expect(refused.every((status) => status === 503)).toBe(true);
      expect(resumedMs).toBeLessThan(5000 + busyMs);
    },
    240_000,
  );

  it.skipIf(missing !== undefined)(
    `reliability 17: what was sent when the engine was killed is noted once it is back, and not sent again${why}`,
    async ({ task }) => {
      const engine = await start();
      // Longer than the engine is away; shorter than usual, since claims whose answer was lost wait for it.
      const { platform, lives } = await startCluster(engine, 2, { LEASE_MS: "15000" });
      const crowd = startCrowd(lives, 100, 16, () => platform.arrivals.length);
      for (const kills of [1, 2]) {
        await eventually(() => platform.arrivals.length > kills * 200, "talk");
        await engine.kill();
        await engine.start();
      }
      const events = await crowd.hush();
      await eventually(() => platform.seen().length >= events * 2, `${events * 2} replies`, 120_000);
      const doubled = platform.arrivals.length - platform.seen().length;
      measured(task, `2 kills, ${events * 2} replies of ${events * 2}; ${doubled} sent twice`);
      expect(doubled).toBe(0);
    },
    240_000,
  );

  it.skipIf(missing !== undefined)(
    `reliability 19: a gateway cut off from the engine loses its work to another, and what it does late counts for nothing${why}`,
    async ({ task }) => {
      const engine = await start();
      const proxy = await faultProxy(engine.port);
      onTestFinished(() => proxy.close());
      const through = { ...engine, url: () => engine.url(proxy.port), remove: async () => {} };
      const cut = await startCluster(through, 1);
      const { platform, lives } = await startCluster(engine, 1, { PLATFORM: cut.platform.url });
      expect(platform.arrivals).toEqual([]);
      const [doomed] = cut.lives;
      const [healthy] = lives;
      for (const n of range(30)) expect(await deliver(doomed?.port ?? 0, event(n))).toBe(200);
      proxy.stall();
      for (const n of range(30)) expect(await deliver(healthy?.port ?? 0, event(200 + n))).toBe(200);
      await eventually(() => cut.platform.seen().length === 120, "all replies, by the other one", 60_000);
      proxy.heal();
      await pause(1500);
      const seen = cut.platform.seen();
      measured(
        task,
        `${seen.length} of 120 replies; ${cut.platform.arrivals.length - seen.length} sent twice under the same key`,
      );
      expect(seen.length).toBe(120);
      for (const n of range(10)) {
        const texts = seen.filter((one) => one.room === room(n)).map(({ text }) => text);
        const spoken = [n, n + 10, n + 20, n + 200, n + 210, n + 220];
        expect(texts).toEqual(spoken.flatMap((one) => [`${one} 1`, `${one} 2`]));
      }
    },
    240_000,
  );

  it.skipIf(missing !== undefined)(
    `reliability 22: gateways whose clocks are an hour apart keep order, and say nothing twice${why}`,
    async ({ task }) => {
      const engine = await start();
      const slow = await startCluster(engine, 1, { SKEW_MS: "-3600000" });
      const fast = await startCluster({ ...engine, remove: async () => {} }, 1, {
        SKEW_MS: "3600000",
        PLATFORM: slow.platform.url,
      });
      const ports = [slow.lives[0]?.port ?? 0, fast.lives[0]?.port ?? 0];
      for (const n of range(60)) expect(await deliver(ports[n % 2] ?? 0, event(n))).toBe(200);
      await eventually(() => slow.platform.seen().length === 120, "all replies", 60_000);
      const seen = slow.platform.seen();
      measured(task, `120 replies of 120 with clocks two hours apart; ${slow.platform.arrivals.length - seen.length} sent twice`);
      for (const n of range(10)) {
        const texts = seen.filter((one) => one.room === room(n)).map(({ text }) => text);
        expect(texts).toEqual(range(6).flatMap((turn) => [`${n + turn * 10} 1`, `${n + turn * 10} 2`]));
      }
      expect(slow.platform.arrivals.length).toBe(120);
    },
    240_000,
  );

  it.skipIf(missing !== undefined)(
    `reliability 1: a thousand events, five deliveries each, at two gateways at once: each is handled once${why}`,
    async ({ task }) => {
      const engine = await start();
      const { platform, lives } = await startCluster(engine, 2);
      const storm = range(5000)
        .map((n) => ({ n: n % 1000, order: (n * 7919) % 5000 }))
        .toSorted((a, b) => a.order - b.order);
      const statuses = new Map<number, number>();
      let next = 0;
      await Promise.all(
        range(32).map(async (line) => {
          for (let one = storm[next++]; one; one = storm[next++]) {
            const status = await deliver(lives[line % 2]?.port ?? 0, event(one.n));
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
        }),
      );
      await eventually(() => platform.seen().length === 2000, "two replies to each event", 60_000);
      measured(
        task,
        `${statuses.get(200) ?? 0} of 5,000 deliveries answered 200; ${platform.arrivals.length} replies to 1,000 events`,
      );
      expect(statuses).toEqual(new Map([[200, 5000]]));
      expect(platform.arrivals.length).toBe(2000);
    },
    240_000,
  );
});

import { fakePlatform, manualClock } from "@devflow/conformance";
import { GatewayError } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { down, flaky } from "./flaky.ts";
import { rig } from "./harness.ts";

const platform = { connection: true } as const;

describe("lines", () => {
  it("are dialled again with growing pauses, and health tells how they stand", async () => {
    const { gateway, fake, clock, seen } = await rig({ platform });
    await clock.settle();
    expect((await gateway.health()).connections).toMatchObject([{ platform: "fake", account: "main", state: "up" }]);
    fake.line.refuse(8);
    fake.line.die();
    await clock.settle();
    expect(await gateway.health()).toMatchObject({ ok: false, connections: [{ state: "down" }] });
    const start = clock.now();
    await clock.until(() => fake.line.open === 1);
    expect(fake.line.dials).toBe(10);
    expect(clock.now() - start).toBeGreaterThan(1000);
    expect(clock.now() - start).toBeLessThan(9 * 60_000);
    expect((await gateway.health()).ok).toBe(true);
    expect(seen.filter(({ step }) => step === "connection.down").every(({ code }) => code === "network.failed")).toBe(true);
    await gateway.stop();
    expect(fake.line.open).toBe(0);
  });

  it("that fall silent are noticed, hung up and dialled again", async () => {
    const { gateway, fake, clock, count } = await rig({ platform });
    await clock.settle();
    fake.line.fallSilent();
    fake.line.push({ text: "unheard" });
    await clock.until(() => fake.line.acked.length === 1, 180_000);
    expect([fake.line.dials, count("connection.down")]).toEqual([2, 1]);
    await gateway.stop();
  });

  it("are one per account, on one process: the other stands by and takes over", async () => {
    const clock = manualClock();
    const shared = memoryStore({ clock });
    const store = () => ({ ...shared, close: async () => undefined });
    const fake = fakePlatform({ connection: true });
    fake.line.accounts = ["T1", "T2"];
    const first = await rig({ clock, store, fake });
    const second = await rig({ clock, store, fake });
    await clock.advance(60_000);
    expect(fake.line.open).toBe(2);
    expect((await first.gateway.health()).connections.map(({ state }) => state)).toEqual(["up", "up"]);
    expect((await second.gateway.health()).connections.map(({ state }) => state)).toEqual(["standby", "standby"]);
    const stopping = first.gateway.stop();
    await clock.until(() => fake.line.open === 2 && fake.line.dials === 4, 2000);
    await stopping;
    expect((await second.gateway.health()).connections.map(({ state }) => state)).toEqual(["up", "up"]);
    await second.gateway.stop();
  });

  it("an adapter that cannot tell its lines yet is asked again, and one that is not set up keeps no other from starting", async () => {
    for (const retryable of [true, false]) {
      const fake = fakePlatform({ connection: true });
      const { connection } = fake.transports;
      let asked = 0;
      const { gateway, clock, hear, seen } = await rig({
        fake: Object.defineProperty(fake, "transports", {
          value: {
            ...fake.transports,
            connection: {
              ...connection,
              lines: () => {
                if (++asked < 4) throw new GatewayError("network.failed", "fake: who am I?", { retryable });
                return ["main"];
              },
            },
          },
        }),
      });
      gateway.on("message.created", (c) => c.reply("here"));
      await hear({});
      await clock.advance(60_000);
      expect(fake.texts()).toEqual(["here"]);
      expect([asked, fake.line.open]).toEqual(retryable ? [4, 1] : [1, 0]);
      expect(seen.some(({ step, level }) => step === "connection.down" && level === "error")).toBe(true);
      // Who never had a line is deaf too, and health says so.
      expect((await gateway.health()).ok).toBe(retryable);
      await gateway.stop();
    }
  });

  it("a transport that does not let go does not keep the gateway from stopping", async () => {
    const fake = fakePlatform();
    const { gateway, clock, count } = await rig({
      fake: Object.defineProperty(fake, "transports", {
        value: { ...fake.transports, connection: { lines: () => ["main"], run: () => new Promise(() => undefined) } },
      }),
    });
    await clock.settle();
    const stopping = gateway.stop();
    await clock.advance(15_000);
    await stopping;
    expect(count("gateway.stopped")).toBe(1);
  });

  it("a store that is down lets nobody dial: one line too few is better than two", async () => {
    const { gateway, fake, clock } = await rig({
      platform,
      store: (time) => {
        const store = flaky(memoryStore({ clock: time }));
        store.before = (operation) => void (operation === "leases.acquire" && time.now() < start + 30_000 && down());
        const start = time.now();
        return store;
      },
    });
    await clock.advance(29_000);
    expect(fake.line.dials).toBe(0);
    await clock.advance(5000);
    expect(fake.line.open).toBe(1);
    await gateway.stop();
  });
});

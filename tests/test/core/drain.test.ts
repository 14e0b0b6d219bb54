import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { deliver, eventually, startLife, startPlatform, type Life } from "./child/index.ts";
import { range } from "./harness.ts";
import { folder } from "./stores.ts";

async function world() {
  const platform = await startPlatform();
  const env = { DB: join(folder(), "gateway.db"), PLATFORM: platform.url };
  const lives: Life[] = [];
  onTestFinished(async () => {
    for (const { child } of lives) child.kill("SIGKILL");
    await platform.close();
  });
  return {
    platform,
    live: async (more: Readonly<Record<string, string>> = {}): Promise<Life> => {
      const life = await startLife({ ...env, ...more });
      lives.push(life);
      return life;
    },
  };
}

describe("SIGTERM, to a process of its own", () => {
  it("reliability 30: drains under load: what was accepted is answered, once, and the process ends well and in time", async () => {
    const { platform, live } = await world();
    const life = await live({ GRACE_MS: "20000" });
    let stopping = false;
    const accepted = new Set<string>();
    const refusals = new Set<number>();
    const senders = range(8).map(async (room) => {
      for (let n = 0; !stopping || n < 5; n++) {
        const status = await deliver(life.port, { id: `${room}-${n}`, room: `r${room}`, text: `${n}` });
        if (status === 200) accepted.add(`${room}-${n}`);
        else refusals.add(status);
        if (status === 0) return;
      }
    });
    await eventually(() => accepted.size > 100, "a hundred events");
    const asked = Date.now();
    life.child.kill("SIGTERM");
    stopping = true;
    expect(await life.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(21_000);
    await Promise.all(senders);
    // Refused is what platforms repeat: 503, or nobody there.
    expect([...refusals].every((status) => status === 503 || status === 0)).toBe(true);
    const next = await live();
    await eventually(() => platform.seen().length === accepted.size * 2, "the rest, by the next process");
    expect(platform.arrivals.length).toBe(accepted.size * 2);
    next.child.kill("SIGTERM");
    expect(await next.ended).toBe(0);
  }, 60_000);

  it("reliability 30: a handler that hangs is given back at the end of the grace, and the next process has it at once", async () => {
    const { platform, live } = await world();
    const life = await live({ GRACE_MS: "500", LEASE_MS: "60000" });
    expect(await deliver(life.port, { id: "h", room: "r", text: "hang" })).toBe(200);
    expect(await deliver(life.port, { id: "o", room: "other", text: "1" })).toBe(200);
    await eventually(() => platform.arrivals.length === 2, "the other room's replies");
    const asked = Date.now();
    life.child.kill("SIGTERM");
    expect(await life.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(3000);
    // The lease was for a minute; given back, it is free at once.
    const next = await live({ KILL: "after inbox.claim" });
    expect(await Promise.race([next.ended, new Promise((resolve) => setTimeout(() => resolve("still waiting"), 5000))])).toBe(
      "SIGKILL",
    );
  }, 60_000);

  it("reliability 30: a second signal ends the process at once", async () => {
    const { live } = await world();
    const life = await live({ GRACE_MS: "30000" });
    expect(await deliver(life.port, { id: "h", room: "r", text: "hang" })).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 100));
    life.child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 100));
    life.child.kill("SIGTERM");
    expect(await life.ended).toBe(1);
  }, 60_000);
});

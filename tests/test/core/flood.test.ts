import { fakePlatform } from "@devflow/conformance";
import { createGateway, type Store } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { sqliteStore } from "@devflow/sqlite";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nightly, range, rig } from "./harness.ts";
import { folder, silent, stores } from "./stores.ts";

/** Numbers in an order that only the seed decides. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const out = [...list];
  let state = seed;
  for (let i = out.length - 1; i > 0; i--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const at = state % (i + 1);
    [out[i], out[at]] = [out[at] as T, out[i] as T];
  }
  return out;
}

function gatewayOn(store: Store, fake = fakePlatform()) {
  return { fake, gateway: createGateway({ adapters: [fake], store, log: silent }) };
}

describe.each(stores)("floods, on %s", (name, open) => {
  it("reliability 1: of a duplicate storm each id has its effect once, and every request its 200", async () => {
    const ids = nightly ? 1000 : 300;
    const store = open();
    const { fake, gateway } = gatewayOn(store);
    // Two nodes share a store that allows it; one file has one process.
    const other = name === "memory" ? gatewayOn(store).gateway : gateway;
    const effects = new Map<string, number>();
    for (const one of new Set([gateway, other]))
      one.on("message.created", (c) => void effects.set(c.event.id, (effects.get(c.event.id) ?? 0) + 1));
    const deliveries = shuffled(
      range(ids * 20).map((n) => n % ids),
      42,
    );
    const waits: number[] = [];
    const statuses = new Set<number>();
    const next = deliveries.values();
    await Promise.all(
      range(64).map(async (lane) => {
        for (const n of next) {
          const request = fake.request({ id: `e${n}`, room: `r${n % 40}` });
          const started = performance.now();
          statuses.add((await (lane % 2 ? gateway : other).fetch(request)).status);
          waits.push(performance.now() - started);
        }
      }),
    );
    await gateway.drain();
    await other.drain();
    expect([...statuses]).toEqual([200]);
    expect(effects.size).toBe(ids);
    expect([...effects.values()].every((count) => count === 1)).toBe(true);
    expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)]).toBeLessThan(nightly ? 250 : 1000);
    await gateway.stop();
  }, 60_000);

  it("reliability 37: one chat with a backlog does not delay 200 quiet ones", async () => {
    const { fake, gateway } = gatewayOn(open());
    const sent = new Map<string, number>();
    const waits: number[] = [];
    let hot = 0;
    gateway.on("message.created", (c) => {
      if (c.conversation.address.room === "hot") return void hot++;
      waits.push(performance.now() - (sent.get(c.event.id) ?? 0));
    });
    const backlog = nightly ? 10_000 : 2000;
    await Promise.all(range(backlog).map((n) => gateway.fetch(fake.request({ room: "hot", text: String(n) }))));
    const ask = async (round: number): Promise<number> => {
      waits.length = 0;
      for (const n of range(200)) {
        sent.set(`fake:q${round}-${n}`, performance.now());
        await gateway.fetch(fake.request({ id: `q${round}-${n}`, room: `quiet-${n}` }));
      }
      while (waits.length < 200) await new Promise((resolve) => setTimeout(resolve, 1));
      // The slowest tenth is what else this machine does: a checkpoint, a collection, somebody's build.
      return waits.toSorted((a, b) => a - b)[180] ?? 0;
    };
    const hotAtStart = hot;
    const during = await ask(1);
    expect(hotAtStart).toBeLessThan(backlog);
    await gateway.drain();
    const alone = await ask(2);
    expect(during).toBeLessThan(alone * 2 + 25);
    expect(hot).toBe(backlog);
    await gateway.stop();
  }, 60_000);
});

describe("handlers that misbehave", () => {
  it("reliability 2: a second delivery is known after the handler has finished, after a restart, and just before its time is up", async () => {
    const file = join(folder(), "gateway.db");
    let ran = 0;
    const life = async (ids: readonly string[]): Promise<void> => {
      const { fake, gateway } = gatewayOn(sqliteStore({ file }));
      gateway.on("message.created", () => void ran++);
      for (const id of ids) expect((await gateway.fetch(fake.request({ id }))).status).toBe(200);
      await gateway.drain();
      await gateway.stop();
    };
    await life(["a", "a", "b"]);
    await life(["a", "b", "a"]);
    expect(ran).toBe(2);
  });

  it("reliability 2: at 99 % of the time an id is remembered, it is; after it, it is not", async () => {
    const dedupeTtlMs = 100_000;
    const { hear, gateway, clock } = await rig({
      inbox: {
        pollMs: 50_000,
        queue: {
          dedupeTtlMs,
          maxAttempts: 8,
          maxCrashes: 3,
          maxDepth: 100,
          maxLaneDepth: 100,
          maxPayloadBytes: 10_000,
          onRetry: "block",
          onDead: "continue",
        },
      },
    });
    let ran = 0;
    gateway.on("message.created", () => void ran++);
    await hear({ id: "a" });
    await clock.settle();
    await clock.advance(dedupeTtlMs * 0.99);
    await hear({ id: "a" });
    await clock.settle();
    expect(ran).toBe(1);
    await clock.advance(dedupeTtlMs * 0.02);
    await hear({ id: "a" });
    await clock.settle();
    expect(ran).toBe(2);
  });

  it("reliability 26: a handler that hangs for ever frees its lane at its deadline, and holds up no other", async () => {
    const { hear, gateway, clock, seen } = await rig({ inbox: { maxRunMs: 10_000, retryBaseMs: 1, retryCapMs: 10 } });
    const heard: string[] = [];
    gateway.on("message.created", (c) => {
      if (c.message.text === "hang" && c.attempt < 3) return new Promise(() => undefined);
      heard.push(`${c.message.text} ${clock.now() - start}`);
    });
    const start = clock.now();
    await hear({ room: "a", text: "hang" });
    await hear({ room: "a", text: "next" });
    await hear({ room: "b", text: "other" });
    await clock.until(() => heard.length === 3);
    expect(heard[0]).toBe("other 0");
    expect(heard[1]).toMatch(/^hang 20\d{3}$/);
    expect(heard[2]).toMatch(/^next 20\d{3}$/);
    expect(seen.filter(({ code }) => code === "handler.timeout")).toHaveLength(2);
  });

  const thrown: readonly (readonly [string, () => unknown])[] = [
    ["an error", () => new Error("x")],
    ["undefined", () => undefined],
    ["null", () => null],
    ["a number", () => 7],
    ["an object that cannot be printed", () => Object.create(null)],
    ["one whose message throws", () => Object.defineProperty(new Error("x"), "message", { get: () => Object.create(null) })],
    [
      "one whose toString throws",
      () => ({
        toString() {
          throw new Error("no");
        },
      }),
    ],
    ["a symbol", () => Symbol("s")],
  ];
  it.each(thrown)(
    "reliability 27: a handler that throws %s, at once or later, is tried again and then put aside",
    async (_, make) => {
      for (const later of [false, true]) {
        const { hear, gateway, clock, count } = await rig({ inbox: { retryBaseMs: 1, retryCapMs: 2 } });
        let ran = 0;
        gateway.on("message.created", (c) => {
          if (c.message.text !== "bad") return;
          ran += 1;
          if (!later) throw make();
          return Promise.resolve().then(() => Promise.reject(make()));
        });
        await hear({ text: "bad" });
        await hear({ text: "good" });
        await clock.until(() => count("event.handled") === 1);
        expect([ran, count("event.dead")]).toEqual([8, 1]);
        expect(await gateway.deadLetters.list()).toHaveLength(1);
      }
    },
  );

  it("reliability 27: 10,000 throws end no process and leave no memory behind", async () => {
    const fake = fakePlatform();
    const options = { inbox: { retryBaseMs: 1, retryCapMs: 1, pollMs: 5 }, log: silent };
    const gateway = createGateway({ adapters: [fake], store: memoryStore(), ...options });
    gateway.on("message.created", () => {
      throw new Error("again and again");
    });
    const cycle = async (round: number): Promise<number> => {
      for (const n of range(625)) await gateway.fetch(fake.request({ id: `${round}-${n}`, room: `r${n % 50}` }));
      let dead: readonly { readonly id: string; readonly attempts: number }[] = [];
      while (dead.length < 625) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        dead = await gateway.deadLetters.list({ limit: 1000, queue: "inbox" });
      }
      expect(dead.every(({ attempts }) => attempts === 8)).toBe(true);
      await gateway.deadLetters.discard(dead.map(({ id }) => id));
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    await cycle(0);
    const before = await cycle(1);
    const after = await cycle(2);
    // Ids stay known for a week: some hundred bytes each. A leak of payloads or errors would be ten times that.
    expect(after - before).toBeLessThan(globalThis.gc ? 625 * 1000 : 64 * 1_048_576);
    await gateway.stop();
  }, 60_000);
});

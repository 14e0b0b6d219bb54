import { fakePlatform } from "@devflow/conformance";
import { createGateway, type Event } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { range, rig } from "./harness.ts";

/** Processor time of this process, in milliseconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

describe("routing in a whole gateway", () => {
  it("every listener that matches runs, of agents the first alone", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const ran: string[] = [];
    gateway.on("message.created", () => ran.push("listener"));
    gateway.route({ text: /help/ }).to(() => "helper");
    gateway.on("fake:message.*", () => ran.push("noun"));
    gateway.route().to(async (c) => `agent: ${c.message.text}`);
    gateway.on(["*", "message.created"], () => ran.push("all"));
    await hear({ text: "help" });
    await hear({ text: "hi" });
    await clock.until(() => fake.messages.length === 2);
    expect(fake.texts()).toEqual(["helper", "agent: hi"]);
    expect(ran).toEqual(["listener", "noun", "all", "listener", "noun", "all"]);
  });

  it("an agent may say nothing, a tree, a draft or a stream", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.route({ text: "nothing" }).to(() => undefined);
    gateway.route({ text: "tree" }).to(() => [{ type: "paragraph", children: [{ type: "text", value: "a tree" }] }]);
    gateway.route({ text: "draft" }).to(() => ({ content: "a draft", silent: true }));
    gateway.route({ text: "stream" }).to(async function* () {
      yield "a ";
      yield "stream";
    });
    for (const text of ["nothing", "tree", "draft", "stream"]) await hear({ text });
    await clock.until(() => fake.texts()[2] === "a stream");
    expect(fake.texts()).toEqual(["a tree", "a draft", "a stream"]);
  });

  it("interactive events start within 50 ms of their acknowledgement, though their lane is busy and 500 others are", async () => {
    const fake = fakePlatform();
    const gateway = createGateway({
      adapters: [fake],
      store: memoryStore(),
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    gateway.on("message.created", () => gate);
    const started: number[] = [];
    gateway.action("go", () => started.push(performance.now()));
    await gateway.start();
    for (const n of range(500)) await gateway.fetch(fake.request({ room: `r${n}` }));
    const waits: number[] = [];
    for (const n of range(50)) {
      const { status } = await gateway.fetch(fake.request({ type: "action.invoked", action: "go", room: `r${n}` }));
      expect(status).toBe(200);
      const acknowledged = performance.now();
      while (started.length === n) await new Promise((resolve) => void setImmediate(resolve));
      waits.push((started[n] ?? Infinity) - acknowledged);
    }
    release();
    await gateway.stop();
    // The slowest tenth is what else this machine does.
    expect(waits.toSorted((a, b) => a - b)[45]).toBeLessThan(50);
  });

  it("10,000 routes cost no more per event than 10", async () => {
    const cost = async (routes: number): Promise<number> => {
      const fake = fakePlatform();
      const gateway = createGateway({
        adapters: [fake],
        store: memoryStore(),
        log: { debug() {}, info() {}, warn() {}, error() {} },
      });
      let ran = 0;
      const done = (): void => void ran++;
      for (const n of range(routes / 2)) {
        gateway.command(`command-${n}`, done);
        gateway.on("message.created", { room: `room-${n}` }, done);
      }
      await gateway.start();
      const send = async (count: number): Promise<void> => {
        for (const n of range(count)) {
          const id = n % (routes / 2);
          await gateway.fetch(fake.request({ room: `room-${id}`, text: "x" }));
          await gateway.fetch(fake.request({ type: "command.invoked", command: `command-${id}` }));
        }
        await gateway.drain();
      };
      await send(300);
      const before = cpu();
      await send(1000);
      const spent = cpu() - before;
      expect(ran).toBe(2600);
      await gateway.stop();
      return spent;
    };
    await cost(10);
    const few = Math.min(await cost(10), await cost(10));
    const many = Math.min(await cost(10_000), await cost(10_000));
    expect(many / few).toBeLessThanOrEqual(2);
  }, 60_000);

  it("the raw event reaches the handler, and a kind that nobody named is platform.event", async () => {
    const { gateway, hear, clock } = await rig();
    const got: Event[] = [];
    gateway.on("platform.event", { type: "pigeon.landed" }, (c) => got.push(c.event));
    await hear({ type: "pigeon.landed", text: "coo" });
    await clock.advance(1000);
    expect(got[0]?.raw).toMatchObject({ type: "pigeon.landed", text: "coo" });
  });
});

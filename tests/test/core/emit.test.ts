import { fakePlatform, manualClock } from "@devflow/conformance";
import { createGateway, type Emission, type Event, type Store } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { sqliteStore } from "@devflow/sqlite";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { range, rig } from "./harness.ts";
import { folder, silent } from "./stores.ts";

declare module "@devflow/gateway/contract" {
  interface EventMap {
    "deploy.requested": { readonly service: string; readonly tags?: readonly string[] };
    "deploy.finished": { readonly service: string };
    "change.shipped": { readonly key: string };
  }
}

const room = { platform: "fake", account: "main", room: "ops" } as const;

describe("events of the program's own", () => {
  it("reach handlers by kind, noun, platform and everything, as the events they are", async () => {
    const { gateway, clock } = await rig();
    const got: [string, Event][] = [];
    for (const pattern of ["deploy.requested", "deploy.*", "app:*", "app:deploy.requested", "*"] as const)
      gateway.on(pattern, (c) => got.push([pattern, c.event]));
    gateway.on("fake:*", (c) => got.push(["no", c.event]));
    const id = await gateway.emit({ kind: "deploy.requested", service: "api", tags: ["a"], id: "d1", at: 5 });
    expect(id).toBe("app:d1");
    await gateway.drain();
    expect(got.map(([pattern]) => pattern)).toEqual(["deploy.requested", "deploy.*", "app:*", "app:deploy.requested", "*"]);
    expect(got[0]?.[1]).toEqual({
      id: "app:d1",
      kind: "deploy.requested",
      platform: "app",
      account: "main",
      at: 5,
      conversation: { address: { platform: "app", account: "main", room: "d1" }, kind: "channel" },
      actor: { id: "", kind: "system", self: false },
      raw: { service: "api", tags: ["a"] },
      service: "api",
      tags: ["a"],
    });
    expect(clock.now()).toBeGreaterThan(5);
  });

  it("are never taken for an echo, whoever they are about: what the gateway did on a platform is one", async () => {
    const { gateway, hear } = await rig();
    const got: string[] = [];
    gateway.on("message.created", { self: true }, (c) => c.emit({ kind: "change.shipped", key: c.message.text }));
    gateway.on("change.shipped", (c) => got.push(c.event.key));
    await hear({ text: "APP-1", user: { id: "bot", bot: true } });
    await gateway.emit({ kind: "change.shipped", key: "APP-2", actor: { id: "bot", kind: "bot", self: true } });
    await gateway.drain();
    expect(got.toSorted()).toEqual(["APP-1", "APP-2"]);
  });

  it("are handled once per id, however often they are emitted, and what is changed afterwards is not in them", async () => {
    const { gateway } = await rig();
    const got: unknown[] = [];
    gateway.on("deploy.requested", (c) => got.push(c.event.tags));
    const tags = ["a"];
    const emitted = gateway.emit({ kind: "deploy.requested", service: "api", tags, id: "same" });
    tags.push("late");
    await emitted;
    await gateway.emit({ kind: "deploy.requested", service: "other", id: "same" });
    await gateway.drain();
    await gateway.emit({ kind: "deploy.requested", service: "other", id: "same" });
    await gateway.emit({ kind: "deploy.requested", service: "other" });
    await gateway.drain();
    expect(got).toEqual([["a"], undefined]);
  });

  it("answer in the conversation they are emitted with, which may be on any platform", async () => {
    const { gateway, fake, clock } = await rig();
    gateway.on("deploy.requested", async (c) => {
      await c.typing();
      await c.reply(`Deploying ${c.event.service} for ${c.actor.name ?? "nobody"}`);
    });
    const actor = { id: "ada", kind: "person", self: false, name: "Ada" } as const;
    await gateway.emit({ kind: "deploy.requested", service: "api", conversation: room, actor });
    await clock.until(() => fake.messages.length === 1);
    expect(fake.messages[0]).toMatchObject({ text: "Deploying api for Ada", to: room });
  });

  it("say what is missing when there is no conversation to answer in", async () => {
    const { gateway, seen, clock } = await rig({ inbox: { queue: { maxAttempts: 1 } } });
    let typed = false;
    gateway.on("deploy.requested", async (c) => {
      await c.typing();
      typed = true;
      await c.reply("hello?");
    });
    await gateway.emit({ kind: "deploy.requested", service: "api" });
    await clock.until(() => seen.some(({ step }) => step === "event.dead"));
    expect(typed).toBe(true);
    expect(seen.find(({ step }) => step === "event.dead")?.detail).toContain("emitted without a conversation");
  });

  it("keep the order of their conversation or key, and wait for nobody without either", async () => {
    const { gateway, clock } = await rig();
    const order: string[] = [];
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    gateway.on("deploy.requested", async (c) => {
      if (c.event.service.endsWith("0")) await gate;
      order.push(c.event.service);
    });
    for (const n of range(3)) {
      await gateway.emit({ kind: "deploy.requested", service: `conversation ${n}`, conversation: room });
      await gateway.emit({ kind: "deploy.requested", service: `key ${n}`, conversation: room }, { key: "k" });
      await gateway.emit({ kind: "deploy.requested", service: `free ${n}` });
    }
    await clock.until(() => order.length === 2);
    expect(order).toEqual(["free 1", "free 2"]);
    release();
    await gateway.drain();
    for (const lane of ["conversation", "key"])
      expect(order.filter((service) => service.startsWith(lane))).toEqual(range(3).map((n) => `${lane} ${n}`));
  });

  it.each([
    [{ kind: "message.created", service: "x" }, "Platforms alone"],
    [{ kind: "mesage.created", service: "x" }, "too much like message.created"],
    [{ kind: "deploy", service: "x" }, "noun and a verb"],
    [{}, "noun and a verb"],
    [{ kind: "deploy.requested", id: "" }, "`id`"],
    [{ kind: "deploy.requested", at: Number.NaN }, "`at`"],
    [{ kind: "deploy.requested", service: 1n }, "plain JSON"],
    [{ kind: "deploy.requested", conversation: { platform: "fake" } }, "An address needs"],
  ])("refuse what can be none: %o", async (event, why) => {
    const { gateway, count } = await rig();
    await expect(gateway.emit(event as unknown as Emission)).rejects.toMatchObject({
      code: "options.invalid",
      message: expect.stringContaining(why) as string,
    });
    expect(count("delivery.stored")).toBe(0);
  });

  it("reject when they are not durable: a full inbox, a store that is away", async () => {
    const { gateway } = await rig({ inbox: { queue: { maxDepth: 1 } } });
    gateway.on("deploy.requested", () => new Promise<void>(() => undefined));
    await gateway.emit({ kind: "deploy.requested", service: "first" });
    await expect(gateway.emit({ kind: "deploy.requested", service: "second" })).rejects.toMatchObject({ code: "store.full" });

    const clock = manualClock();
    const store: Store = { ...memoryStore({ clock }), migrate: () => Promise.reject(new Error("no route to host")) };
    const away = createGateway({ adapters: [], store, clock });
    await expect(away.emit({ kind: "deploy.requested", service: "x" })).rejects.toThrow("no route to host");
  });

  it("outlive their process, those that were emitted on the way included", async () => {
    const file = join(folder(), "gateway.db");
    const open = (graceMs: number) => createGateway({ adapters: [], store: sqliteStore({ file }), log: silent, graceMs });
    const first = open(1);
    const started = new Promise<void>((resolve) => {
      first.on("deploy.requested", (c) => {
        resolve();
        return new Promise((_, reject) => c.signal.addEventListener("abort", () => reject(new Error("cut off"))));
      });
    });
    await first.emit({ kind: "deploy.requested", service: "api", id: "d1" });
    await started;
    await first.stop();

    const second = open(10_000);
    const got: string[] = [];
    second.on("deploy.requested", (c) => c.emit({ kind: "deploy.finished", service: c.event.service }));
    second.on("deploy.finished", (c) => got.push(c.event.id, c.event.service));
    await second.emit({ kind: "deploy.requested", service: "again", id: "d1" });
    await second.drain();
    await second.stop();
    expect(got).toEqual(["app:app:d1/0", "api"]);
  });

  it("keep their platform's name to themselves", () => {
    expect(() => createGateway({ adapters: [fakePlatform({ platform: "app" })] })).toThrow(/the program itself emits/);
  });
});

describe("events that a handler emits", () => {
  it("happen when it completes, in its conversation, named after its event", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const got: Event[] = [];
    gateway.command("deploy", async (c) => {
      await c.reply("asked");
      const id = await c.emit({ kind: "deploy.requested", service: c.event.args });
      expect(id).toBe(`app:${c.event.id}/1`);
      await c.emit(
        { kind: "deploy.finished", service: c.event.args, actor: { id: "bot", kind: "bot", self: true } },
        { key: "k" },
      );
    });
    gateway.on("deploy.requested", (c) => c.reply(`requested ${c.event.service}`));
    gateway.on("deploy.*", (c) => got.push(c.event));
    await hear({
      id: "e",
      type: "command.invoked",
      command: "deploy",
      args: "api",
      room: "ops",
      user: { id: "ada", name: "Ada" },
    });
    await clock.until(() => fake.messages.length === 2);
    await gateway.drain();
    expect(fake.texts()).toEqual(["asked", "requested api"]);
    expect(got.map(({ id }) => id)).toEqual(expect.arrayContaining(["app:fake:e/1", "app:fake:e/2"]));
    const requested = got.find(({ kind }) => kind === "deploy.requested");
    expect(requested).toMatchObject({
      conversation: { address: room, title: "ops" },
      actor: { id: "ada", kind: "person", name: "Ada" },
    });
  });

  it("do not happen when it fails, and once when it is run again", async () => {
    const { gateway, hear, clock, seen } = await rig();
    const got: string[] = [];
    gateway.on("message.created", async (c) => {
      await c.emit({ kind: "deploy.requested", service: `attempt ${c.attempt}` });
      await c.emit({ kind: "deploy.requested", service: "twice", id: "own" });
      await c.emit({ kind: "deploy.requested", service: "twice", id: "own" });
      await clock.advance(50); // Longer than replies wait before they are stored early.
      if (c.attempt < 3) throw new Error("not yet");
    });
    gateway.on("deploy.requested", (c) => got.push(c.event.service));
    await hear({ text: "go" });
    await clock.until(() => seen.filter(({ step }) => step === "event.failed").length === 1);
    expect(got).toEqual([]);
    await clock.until(() => got.length === 2);
    await gateway.drain();
    expect(got.toSorted()).toEqual(["attempt 3", "twice"]);
  });

  it("are drained with it, also those of a button", async () => {
    const { gateway, hear } = await rig();
    const got: string[] = [];
    gateway.action("go", (c) => c.emit({ kind: "deploy.requested", service: "api" }));
    gateway.on("deploy.requested", (c) => c.emit({ kind: "deploy.finished", service: c.event.service }));
    gateway.on("deploy.finished", (c) => got.push(c.event.service));
    await hear({ type: "action.invoked", action: "go" });
    await gateway.drain();
    expect(got).toEqual(["api"]);
  });

  it("cost the person nothing again who asked for the first", async () => {
    const { gateway, hear } = await rig({ perUser: { rate: 1, periodMs: 60_000, burst: 1 } });
    const got: string[] = [];
    gateway.on("message.created", (c) => c.emit({ kind: "deploy.requested", service: "api" }));
    gateway.on("deploy.requested", (c) => got.push(c.actor.id));
    await hear({ text: "go" });
    await gateway.drain();
    expect(got).toEqual(["ada"]);
  });
});

import { createGateway } from "@devflow/gateway";
import { describe, expect, it } from "vitest";
import { rig } from "./harness.ts";

describe("the gateway's memory", () => {
  it("keeps values under their version and forgets them in time", async () => {
    const { gateway, clock } = await rig({ asleep: true });
    const { memory } = gateway;
    expect(await memory.get("run/1")).toBeUndefined();
    const first = await memory.set("run/1", { thread: "T1" }, { ifVersion: 0 });
    expect(first).not.toBe(false);
    expect(await memory.set("run/1", { thread: "T2" }, { ifVersion: 0 })).toBe(false);
    expect(await memory.get("run/1")).toEqual({ value: { thread: "T1" }, version: first });
    await memory.set("run/2", { thread: "T3" }, { ttlMs: 1000 });
    await memory.set("other", 1);
    expect(await memory.list("run/")).toEqual([
      { key: "run/1", value: { thread: "T1" } },
      { key: "run/2", value: { thread: "T3" } },
    ]);
    expect(await memory.list("run/", { after: "run/1", limit: 1 })).toHaveLength(1);
    await clock.advance(2500);
    expect(await memory.get("run/2")).toBeUndefined();
    expect(await memory.delete("run/1")).toBe(true);
    expect(await memory.list("")).toEqual([{ key: "other", value: 1 }]);
  });

  it("is shared by all handlers and processes of a store, and sees nothing of anybody else's", async () => {
    const { gateway, fake, hear, store, clock } = await rig({ session: { initial: () => ({ n: 0 }) } });
    gateway.on("message.created", async (c) => {
      c.session.n += 1;
      await gateway.memory.set(c.event.id, c.message.text);
      await c.reply("kept");
    });
    await hear({ id: "m1", text: "hi" });
    await gateway.drain();
    expect(fake.texts()).toEqual(["kept"]);
    const other = createGateway({ adapters: [fake], store, clock });
    expect(await other.memory.list("")).toEqual([{ key: "fake:m1", value: "hi" }]);
    expect((await store.kv.list("")).length).toBeGreaterThan(1);
    await other.stop();
  });
});

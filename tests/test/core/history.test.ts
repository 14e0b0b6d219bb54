import { fakePlatform } from "@devflow/conformance";
import type { Message } from "@devflow/gateway";
import { describe, expect, it } from "vitest";
import { range, rig } from "./harness.ts";

describe("history", () => {
  it("is what was said here, by both sides, newest last, as many as asked for", async () => {
    const { gateway, hear, clock } = await rig();
    let read: readonly Message[] = [];
    gateway.on("message.created", async (c) => {
      if (c.message.text !== "read") return void (await c.reply(`re ${c.message.text}`));
      read = await c.history(3);
    });
    for (const n of range(3)) {
      await hear({ text: String(n) });
      await clock.advance(1000);
    }
    await hear({ text: "read" });
    await clock.advance(1000);
    expect(read.map(({ text, author }) => [text, author.self])).toEqual([
      ["re 1", true],
      ["2", false],
      ["re 2", true],
    ]);
    expect(read[1]?.content).toEqual([{ type: "paragraph", children: [{ type: "text", value: "2" }] }]);
  });

  it("keeps rooms, threads and accounts apart", async () => {
    const { gateway, hear, clock } = await rig();
    const read: string[] = [];
    gateway.on("message.created", async (c) => {
      if (c.message.text === "read") read.push((await c.history()).map(({ text }) => text).join());
    });
    const places = [{ room: "a" }, { room: "a", thread: "t" }, { room: "ab" }, { room: "a", account: "T2" }];
    for (const [n, place] of places.entries()) await hear({ ...place, text: `m${n}` });
    await clock.advance(1000);
    for (const place of places) {
      await hear({ ...place, text: "read" });
      await clock.advance(1000);
    }
    expect(read).toEqual(["m0", "m1", "m2", "m3"]);
  });

  it("is forgotten after a week", async () => {
    const { gateway, hear, clock, store } = await rig({
      inbox: { pollMs: 86_400_000, leaseMs: 86_400_000 },
      outbox: { pollMs: 86_400_000, leaseMs: 86_400_000 },
    });
    gateway.on("message.created", () => undefined);
    await hear({ text: "old" });
    await clock.advance(6 * 86_400_000);
    expect(await store.kv.list("history/")).toHaveLength(1);
    await clock.advance(86_400_001);
    expect(await store.kv.list("history/")).toHaveLength(0);
  });

  it("is the platform's own where it has one, and nothing is kept beside it", async () => {
    const said = { id: "1", author: { id: "x", kind: "person", self: false }, text: "from the archive" } as Message;
    const asked: unknown[] = [];
    const fake = Object.assign(fakePlatform(), {
      archive: {
        history: async (address: object, query: object) => {
          asked.push(address, query);
          return [said];
        },
      },
    });
    const { gateway, hear, clock, store } = await rig({ fake });
    let read: readonly Message[] = [];
    gateway.on("message.created", async (c) => {
      await c.reply("x");
      read = await c.history(7);
    });
    await hear({ room: "r", text: "hi" });
    await clock.advance(1000);
    expect(read).toEqual([said]);
    expect(asked).toEqual([{ platform: "fake", account: "main", room: "r" }, { limit: 7 }]);
    expect(await store.kv.list("history/")).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { range, rig } from "./harness.ts";

describe("who is let through", () => {
  it("perUser: what one person asks beyond the limit waits, and others do not", async () => {
    const { gateway, fake, hear, clock } = await rig({ perUser: { rate: 1, periodMs: 10_000, burst: 2 } });
    gateway.on("message.created", (c) => c.reply(c.actor.id));
    for (const n of range(4)) await hear({ room: `dm-${n}`, user: { id: "eve" } });
    await hear({ room: "dm-bob", user: { id: "bob" } });
    await clock.advance(1000);
    expect(fake.texts().toSorted()).toEqual(["bob", "eve", "eve"]);
    await clock.advance(20_000);
    expect(fake.texts().filter((text) => text === "eve")).toHaveLength(4);
  });

  it("perUser: an event that waited is not counted as failed", async () => {
    const { gateway, hear, clock, count } = await rig({ perUser: { rate: 1, periodMs: 60_000, burst: 1 } });
    const attempts: number[] = [];
    gateway.on("message.created", (c) => attempts.push(c.attempt));
    for (const n of range(12)) await hear({ text: String(n) });
    await clock.until(() => attempts.length === 12);
    expect(attempts).toEqual(range(12).map(() => 1));
    expect(count("event.failed")).toBe(0);
  });

  it("perUser: a delivery of several events is one request", async () => {
    const { gateway, hear, clock } = await rig({ perUser: { rate: 1, periodMs: 1000, burst: 1 } });
    let ran = 0;
    gateway.on("message.created", () => void ran++);
    await hear({ text: "a", also: [{ text: "b" }, { text: "c" }] });
    await clock.advance(60_000);
    expect(ran).toBe(3);
  });

  it("perBot: two bots that answer each other are stopped, and people are still heard", async () => {
    const { gateway, fake, hear, clock, seen } = await rig();
    gateway.on("message.created", (c) => c.reply("and you?"));
    for (const n of range(30)) await hear({ user: { id: "other", bot: true }, text: String(n) });
    await clock.advance(2000);
    expect(fake.messages).toHaveLength(10);
    expect(seen.filter(({ code }) => code === "loop")).toHaveLength(20);
    await hear({ text: "a person" });
    await clock.advance(1000);
    expect(fake.messages).toHaveLength(11);
    await clock.advance(60_000);
    await hear({ user: { id: "other", bot: true } });
    await clock.advance(1000);
    expect(fake.messages).toHaveLength(12);
  });

  it("perBot: the bound can be chosen, and is one conversation's own", async () => {
    const { gateway, fake, hear, clock } = await rig({ perBot: { rate: 1, periodMs: 60_000, burst: 3 } });
    gateway.on("message.created", (c) => c.reply("x"));
    for (const room of ["a", "b"])
      for (const n of range(10)) await hear({ room, user: { id: "other", bot: true }, text: String(n) });
    await clock.advance(1000);
    expect([fake.texts("a").length, fake.texts("b").length]).toEqual([3, 3]);
  });

  it("our own messages and reactions reach no handler, our own arrival does", async () => {
    const { gateway, hear, clock } = await rig();
    const kinds: string[] = [];
    gateway.on("*", (c) => kinds.push(c.event.kind));
    const user = { id: "bot" };
    for (const type of ["message.created", "message.edited", "reaction.added", "member.joined"]) await hear({ type, user });
    await clock.advance(1000);
    expect(kinds).toEqual(["member.joined"]);
  });
});

import { describe, expect, it } from "vitest";
import { range, rig } from "./harness.ts";

interface Count {
  n: number;
}

describe("sessions", () => {
  it("are kept per conversation, and saved when the handler completes", async () => {
    const { gateway, fake, hear, clock } = await rig<Count>({ session: { initial: () => ({ n: 0 }) } });
    gateway.on("message.created", (c) => c.reply(String(++c.session.n)));
    for (const room of ["a", "b", "a", "a"]) await hear({ room });
    await clock.until(() => fake.messages.length === 4);
    expect([fake.texts("a"), fake.texts("b")]).toEqual([["1", "2", "3"], ["1"]]);
  });

  it("a conflict runs the handler again from what is true, and doubles no reply", async () => {
    const { gateway, fake, hear, clock, count } = await rig<Count>({ session: { by: "user", initial: () => ({ n: 0 }) } });
    let ran = 0;
    gateway.on("message.created", async (c) => {
      ran += 1;
      const mine = ++c.session.n;
      await new Promise<void>((resolve) => clock.after(100, resolve));
      await c.reply(`number ${mine}`);
    });
    await Promise.all(range(5).map((n) => hear({ room: `r${n}`, user: { id: "ada" } })));
    await clock.until(() => fake.messages.length === 5);
    await clock.advance(10_000);
    expect(ran).toBeGreaterThan(5);
    expect(fake.messages).toHaveLength(5);
    expect(fake.doubles).toBe(0);
    expect(fake.texts().toSorted()).toEqual(["number 1", "number 2", "number 3", "number 4", "number 5"]);
    expect(count("event.dead")).toBe(0);
  });

  it("what a failed run changed is not saved", async () => {
    const { gateway, fake, hear, clock } = await rig<Count>({ session: { initial: () => ({ n: 0 }) } });
    gateway.on("message.created", async (c) => {
      c.session.n += 1;
      if (c.attempt < 3) throw new Error("again");
      await c.reply(String(c.session.n));
    });
    await hear({});
    await clock.until(() => fake.messages.length === 1);
    expect(fake.texts()).toEqual(["1"]);
  });

  it("by user, by a key of one's own, and none at all", async () => {
    const of = async (by: "user" | ((event: { readonly actor: { readonly id: string } }) => string | undefined)) => {
      const { gateway, hear, clock } = await rig<Count>({ session: { by, initial: () => ({ n: 0 }) } });
      const seen: string[] = [];
      gateway.on("message.created", (c) => seen.push(`${c.actor.id}${++c.session.n}`));
      for (const id of ["ada", "bob", "ada"]) {
        await hear({ room: `dm-${Math.random()}`, user: { id } });
        await clock.advance(1000);
      }
      return seen;
    };
    expect(await of("user")).toEqual(["ada1", "bob1", "ada2"]);
    expect(await of(() => "everybody")).toEqual(["ada1", "bob2", "ada3"]);
    expect(await of(() => undefined)).toEqual(["ada1", "bob1", "ada1"]);
  });

  it("tenants do not share: the account is part of every key", async () => {
    const { gateway, hear, clock } = await rig<Count>({ session: { initial: () => ({ n: 0 }) } });
    const seen: number[] = [];
    gateway.on("message.created", (c) => seen.push(++c.session.n));
    await hear({ account: "T1", room: "general" });
    await hear({ account: "T2", room: "general" });
    await clock.advance(1000);
    expect(seen).toEqual([1, 1]);
  });

  it("begin as copies, though initial returns one object for all", async () => {
    const shared = { n: 0 };
    const { gateway, hear, clock } = await rig<Count>({ session: { initial: () => shared } });
    const seen: number[] = [];
    gateway.on("message.created", (c) => seen.push(++c.session.n));
    for (const room of ["a", "b", "c"]) await hear({ room });
    await clock.advance(1000);
    expect([seen, shared.n]).toEqual([[1, 1, 1], 0]);
  });

  it("several events of one delivery change one session one after the other", async () => {
    const { gateway, fake, hear, clock } = await rig<Count>({ session: { initial: () => ({ n: 0 }) } });
    gateway.on("message.created", (c) => c.reply(String(++c.session.n)));
    await hear({ text: "1", also: [{ text: "2" }, { text: "3" }] });
    await hear({ text: "4" });
    await clock.until(() => fake.messages.length === 4);
    expect(fake.texts()).toEqual(["1", "2", "3", "4"]);
  });

  it("that grow beyond what a store takes make a dead letter, not a loop", async () => {
    const { gateway, hear, clock, seen } = await rig<{ text: string }>({ session: { initial: () => ({ text: "" }) } });
    gateway.on("message.created", (c) => void (c.session.text = "x".repeat(300_000)));
    await hear({});
    await clock.until(() => seen.some(({ step }) => step === "event.dead"));
    expect(seen.find(({ step }) => step === "event.dead")?.code).toBe("payload.oversized");
    expect(await gateway.deadLetters.list()).toHaveLength(1);
  });
});

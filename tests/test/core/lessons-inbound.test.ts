import { fakePlatform, manualClock } from "@devflow/conformance";
import { GatewayError, type Attachment } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { dead, flaky, type FlakyStore } from "./flaky.ts";
import { range, rig } from "./harness.ts";

describe("what came in, by the bug fixes of the closest peer", () => {
  it("lesson 1: of fifty deliveries of one id at once, one is handled", async () => {
    const { gateway, hear, clock, count } = await rig();
    let ran = 0;
    gateway.on("message.created", () => void ran++);
    const answers = await Promise.all(range(50).map(() => hear({ id: "same", text: "@bot hi" })));
    await clock.advance(1000);
    expect(answers.every((status) => status === 200)).toBe(true);
    expect([ran, count("delivery.duplicate")]).toEqual([1, 49]);
  });

  it("lesson 2: an id is remembered for longer than the longest redelivery, and as long as asked for", async () => {
    const { gateway, hear, clock } = await rig({
      inbox: { pollMs: 3_600_000, leaseMs: 6 * 3_600_000 },
      outbox: { pollMs: 3_600_000, leaseMs: 6 * 3_600_000 },
    });
    let ran = 0;
    gateway.on("message.created", () => void ran++);
    await hear({ id: "late" });
    await clock.advance(24 * 3_600_000);
    await hear({ id: "late" });
    await clock.advance(1000);
    expect(ran).toBe(1);
  });

  it("lesson 3: what was sent while the line was down arrives after the redial", async () => {
    const { gateway, fake, clock, count } = await rig({ platform: { connection: true } });
    const heard: string[] = [];
    gateway.on("message.created", (c) => heard.push(c.message.text));
    await clock.settle();
    fake.line.refuse(3);
    fake.line.die();
    fake.line.push({ text: "one" }, { text: "two" });
    await clock.until(() => heard.length === 2);
    expect(heard).toEqual(["one", "two"]);
    expect(count("connection.up")).toBe(2);
    await gateway.stop();
  });

  it("lesson 4: a handler that runs for ten leases is not run twice", async () => {
    const { gateway, hear, clock } = await rig({ inbox: { leaseMs: 3000 } });
    let ran = 0;
    gateway.on("message.created", async (c) => {
      ran += 1;
      await new Promise<void>((resolve) => clock.after(30_000, resolve));
      await c.reply("at last");
    });
    await hear({});
    await clock.advance(40_000);
    expect(ran).toBe(1);
  });

  it("lesson 4: a run that lost its lease is told so, and what it says afterwards is void", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    let slow: FlakyStore | undefined;
    const first = await rig({ clock, store: () => (slow = flaky(store)), inbox: { leaseMs: 3000 } });
    const said: string[] = [];
    let aborted = false;
    first.gateway.on("message.created", async (c) => {
      await new Promise<void>((resolve) => clock.after(20_000, resolve));
      aborted = c.signal.aborted;
      await c.reply("from the first").then(
        () => said.push("first"),
        (error: Error) => said.push(error.message),
      );
    });
    await first.hear({ id: "x" });
    await clock.settle();
    if (slow) slow.before = dead;

    const second = await rig({ clock, store: () => store });
    second.gateway.on("message.created", (c) => c.reply("from the second"));
    await clock.until(() => said.length > 0);
    await clock.advance(5000);
    expect(aborted).toBe(true);
    expect(said[0]).toContain("has ended or lost its time");
    expect([first.fake.texts(), second.fake.texts()]).toEqual([[], ["from the second"]]);
  });

  it("lesson 5: threads are isolated: a slow one holds up no other", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", async (c) => {
      if (c.conversation.address.thread === "slow") await new Promise<void>((resolve) => clock.after(60_000, resolve));
      await c.reply(c.message.text);
    });
    await hear({ thread: "slow", text: "slow" });
    await hear({ thread: "quick", text: "quick" });
    await clock.advance(1000);
    expect(fake.texts()).toEqual(["quick"]);
    await clock.advance(60_000);
    expect(fake.texts()).toEqual(["quick", "slow"]);
  });

  it("lesson 7: every event of a delivery is routed, and a mention in any part of a group is seen", async () => {
    const { gateway, hear, clock } = await rig();
    const addressed: string[] = [];
    gateway.on("message.created", { addressed: true }, (c) => addressed.push(c.message.text));
    await hear({ text: "first", also: [{ text: "@bot second" }] });
    await hear([
      { group: "g", room: "album", text: "holiday" },
      { group: "g", room: "album", text: "@bot look" },
    ]);
    await clock.advance(5000);
    expect(addressed).toEqual(["@bot second", "holiday\n@bot look"]);
  });

  it("lesson 8: an attachment opens after the event has been through the store and another process", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const mortal = flaky(store);
    const files = { "h-1": new TextEncoder().encode("the bytes") };
    const attachment: Attachment = { kind: "file", name: "a.txt", source: { type: "remote", handle: "h-1" } };
    const first = await rig({ clock: manualClock(clock.now()), store: () => mortal, fake: fakePlatform({ files }) });
    first.gateway.on("message.created", () => new Promise(() => undefined));
    await first.hear({ attachments: [attachment] });
    mortal.before = dead;

    const fake = fakePlatform({ files });
    const second = await rig({ clock, store: () => store, fake, asleep: true });
    let opened: Uint8Array | undefined;
    second.gateway.on("message.created", async (c) => {
      const [found] = c.message.attachments;
      const context = { signal: c.signal } as Parameters<NonNullable<typeof fake.files>["open"]>[3];
      if (found) opened = await fake.files?.open(found, c.event.account, { maxBytes: 100 }, context);
    });
    await second.gateway.start();
    await clock.until(() => opened !== undefined);
    expect(new TextDecoder().decode(opened)).toBe("the bytes");
  });

  it("lesson 8: bytes that a handler attaches survive until they are sent", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const data = new Uint8Array(600_000).map((_, index) => index % 251);
    gateway.on("message.created", (c) => c.reply({ content: "here", attachments: [{ name: "a.bin", data }] }));
    fake.script("reset", "reset");
    await hear({});
    await clock.until(() => fake.messages.length === 1);
    const [sent] = fake.messages[0]?.attachments ?? [];
    expect(sent?.name).toBe("a.bin");
    expect(Buffer.compare(sent?.data ?? new Uint8Array(), data)).toBe(0);
  });

  it("lesson 20: an album arrives as one message, in order, whatever is between its parts", async () => {
    const { gateway, hear, clock } = await rig();
    const heard: string[] = [];
    gateway.on("message.created", (c) => heard.push(`${c.message.text} (${c.message.attachments.length})`));
    const part = (n: number) => ({ group: "album", text: `p${n}`, attachments: [{ kind: "image", name: `${n}` } as const] });
    await hear(part(1));
    await clock.advance(300);
    await hear({ text: "between" });
    await hear(part(2));
    await clock.advance(300);
    await hear(part(3));
    await clock.advance(5000);
    expect(heard).toEqual(["p1\np2\np3 (3)", "between (0)"]);
  });

  it("lesson 20: an album whose handler fails is one message again when it is retried", async () => {
    const { gateway, hear, clock } = await rig();
    const heard: string[] = [];
    gateway.on("message.created", (c) => {
      heard.push(c.message.text);
      if (c.attempt === 1) throw new Error("again");
    });
    await hear([1, 2, 3].map((n) => ({ group: "album", text: `p${n}` })));
    await clock.advance(20_000);
    expect(heard).toEqual(["p1\np2\np3", "p1\np2\np3"]);
  });

  it("lesson 25: a reaction on a threaded message is answered in that thread", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("reaction.added", async (c) => {
      await c.reply("thanks");
      await c.react("✅", "m0").catch(() => undefined);
    });
    await hear({ type: "reaction.added", room: "r", thread: "t", messageId: "m7" });
    await clock.until(() => fake.messages.length === 1);
    expect(fake.messages[0]?.to).toMatchObject({ room: "r", thread: "t" });
  });

  it("lesson 32: whoever we are not known to be is not answered: no reply to ourselves while identity is unknown", async () => {
    const fake = fakePlatform({ needsIdentity: true, identifyFailures: 5 });
    const { gateway, hear, clock, count } = await rig({ fake });
    gateway.on("message.created", (c) => c.reply("echo"));
    await hear({ user: { id: "bot", bot: true }, text: "my own" });
    await clock.until(() => fake.identified > 5);
    await clock.advance(10_000);
    expect(fake.calls).toEqual([]);
    expect(count("event.skipped")).toBe(1);
    expect(count("event.dead")).toBe(0);
  });

  it("lesson 32: credentials that are put right soon cost no event; those that stay wrong make dead letters", async () => {
    const refused = new GatewayError("auth.invalid", "The token was revoked.");
    let wrong = true;
    const fake = fakePlatform({ needsIdentity: true });
    const { identify } = fake;
    Object.assign(fake, {
      identify: (...about: Parameters<typeof identify>) => (wrong ? Promise.reject(refused) : identify(...about)),
    });
    const { gateway, hear, clock, count } = await rig({ fake });
    const heard: string[] = [];
    gateway.on("message.created", (c) => void heard.push(c.message.text));
    await hear({ text: "early" });
    // Of its attempts, an event has had a few by then, at random moments.
    await clock.advance(3000);
    expect([heard, count("event.dead")]).toEqual([[], 0]);
    wrong = false;
    await clock.until(() => heard.length === 1);
    wrong = true;
    await hear({ account: "other", text: "late" });
    await clock.until(() => count("event.dead") === 1);
    expect(heard).toEqual(["early"]);
  });
});

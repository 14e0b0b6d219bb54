import { manualClock } from "@devflow/conformance";
import type { Content } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { rig } from "./harness.ts";

const question: Content = [
  { type: "paragraph", children: [{ type: "text", value: "Deploy?" }] },
  {
    type: "actions",
    items: [
      { kind: "button", id: "deploy", label: "Yes, now", value: "now" },
      { kind: "button", id: "cancel", label: "No" },
    ],
  },
];
const bare = { capabilities: { actions: { buttons: 0, selects: 0 } } };

async function asking(options: Parameters<typeof rig>[0] = {}) {
  const one = await rig({ platform: bare, ...options });
  const got: string[] = [];
  one.gateway.on("message.created", (c) => (c.message.text === "ask" ? c.reply(question) : got.push(c.message.text)));
  one.gateway.action(["deploy", "cancel"], (c) => got.push(`${c.event.action}=${c.event.value}`));
  const say = async (text: string, room = "general"): Promise<void> => {
    await one.hear({ text, room });
    await one.clock.advance(1000);
  };
  return { ...one, got, say };
}

describe("buttons where a platform has none", () => {
  it("are a numbered list, with every label", async () => {
    const { fake, say } = await asking();
    await say("ask");
    expect(fake.texts()).toEqual(["Deploy?\n\n1. Yes, now\n2. No"]);
  });

  it.each([
    ["the number", "1"],
    ["the number with a full stop", " 1. "],
    ["the label", "yes, NOW"],
    ["the label with a full stop", "Yes, now."],
  ])("%s sent back is action.invoked, once", async (_, answer) => {
    const { got, say } = await asking();
    await say("ask");
    await say(answer);
    await say(answer);
    expect(got).toEqual(["deploy=now", answer]);
  });

  it.each(["Stop.", "Start (slowly)"])("a label that ends as people end a number is an answer too: %s", async (label) => {
    const { gateway, hear, clock } = await rig({ platform: bare });
    const got: string[] = [];
    gateway.on("message.created", (c) => c.reply([{ type: "actions", items: [{ kind: "button", id: "go", label }] }]));
    gateway.action("go", (c) => got.push(c.event.action));
    for (const text of ["ask", label]) {
      await hear({ text });
      await clock.advance(1000);
    }
    expect(got).toEqual(["go"]);
  });

  it.each([0, 60_000])(
    "an answer may be answered by buttons again, by a handler that takes %d ms, and fails once",
    async (ms) => {
      const { gateway, fake, hear, clock } = await rig({ platform: bare });
      const got: string[] = [];
      const menu = (id: string): Content => [
        { type: "actions", items: ["a", "b"].map((value) => ({ kind: "button", id, label: `${id} ${value}`, value }) as const) },
      ];
      gateway.on("message.created", (c) => (c.message.text === "ask" ? c.reply(menu("first")) : got.push(c.message.text)));
      gateway.action("first", async (c) => {
        got.push(`first=${c.event.value}`);
        await c.reply(menu("second"));
        await new Promise<void>((resolve) => clock.after(ms, resolve));
        if (c.attempt === 1) throw new Error("not yet");
      });
      gateway.action("second", (c) => got.push(`second=${c.event.value}`));
      for (const text of ["ask", "1", "2", "1"]) {
        await hear({ text });
        await clock.advance(1000);
      }
      await clock.advance(300_000);
      expect(got).toEqual(["first=a", "first=a", "second=b", "1"]);
      expect(fake.texts()).toEqual(["1. first a\n2. first b", "1. second a\n2. second b"]);
    },
  );

  it("an answer counts in that conversation alone", async () => {
    const { got, say } = await asking();
    await say("ask", "here");
    await say("2", "elsewhere");
    await say("2", "here");
    expect(got).toEqual(["2", "cancel=undefined"]);
  });

  it("another number or word is a message as ever, and the offer stands", async () => {
    const { got, say } = await asking();
    await say("ask");
    await say("3");
    await say("yes");
    await say("1");
    expect(got).toEqual(["3", "yes", "deploy=now"]);
  });

  it("the offer expires after an hour", async () => {
    const { got, say, clock } = await asking({ inbox: { pollMs: 600_000 }, outbox: { pollMs: 600_000 } });
    await say("ask");
    await clock.advance(3_600_000);
    await say("1");
    expect(got).toEqual(["1"]);
  });

  it("the offer survives a restart", async () => {
    const clock = manualClock();
    const shared = memoryStore({ clock });
    const store = () => ({ ...shared, close: async () => undefined });
    const first = await asking({ clock, store });
    await first.say("ask");
    await first.gateway.stop();
    const second = await asking({ clock, store });
    await second.say("1");
    expect(second.got).toEqual(["deploy=now"]);
  });

  it("can be answered while the handler that asked still runs", async () => {
    const { gateway, hear, clock } = await rig({ platform: bare });
    const got: string[] = [];
    gateway.on("message.created", async (c) => {
      await c.send({ ...c.conversation.address, thread: "t" }, question);
      await new Promise<void>((resolve) => clock.after(60_000, resolve));
    });
    gateway.action("deploy", (c) => got.push(c.event.action));
    await hear({ text: "ask" });
    await clock.advance(1000);
    await hear({ text: "1", thread: "t" });
    await clock.advance(1000);
    expect(got).toEqual(["deploy"]);
  });

  it("are offered when an edit shows them, and when gateway.send does", async () => {
    const { gateway, hear, clock } = await rig({ platform: bare });
    const got: string[] = [];
    gateway.on("message.created", { text: "edit" }, async (c) => (await c.reply("wait")).edit(question));
    gateway.action(["deploy", "cancel"], (c) => got.push(c.event.action));
    await hear({ text: "edit" });
    await clock.advance(1000);
    await hear({ text: "1" });
    await clock.advance(1000);
    await gateway.send({ platform: "fake", account: "main", room: "general" }, question);
    await hear({ text: "2" });
    await clock.advance(1000);
    expect(got).toEqual(["deploy", "cancel"]);
  });
});

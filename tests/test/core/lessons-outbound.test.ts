import { fakePlatform } from "@devflow/conformance";
import { preview, type Sayable } from "@devflow/gateway";
import { describe, expect, it } from "vitest";
import { range, rig, words } from "./harness.ts";

const rich =
  "# Title\n\nSome **bold** and `code`, a [link](https://example.com) and <@U1>.\n\n- one\n- two\n\n```js\nlet a = 1\n```";
const to = { platform: "fake", account: "main", room: "general" } as const;

describe("what went out, by the bug fixes of the closest peer", () => {
  it("lesson 15: a text looks the same posted, sent, edited, streamed and previewed", async () => {
    const bodies: unknown[] = [];
    const asked: ((r: Awaited<ReturnType<typeof rig>>) => void)[] = [
      ({ gateway }) => gateway.on("message.created", (c) => c.reply(rich)),
      ({ gateway }) => gateway.on("message.created", (c) => c.send(to, rich)),
      ({ gateway }) => gateway.on("message.created", async (c) => (await c.reply("…")).edit(rich)),
      ({ gateway, clock }) => gateway.on("message.created", (c) => c.reply(words(clock, rich.split(/(?<= )/)))),
    ];
    for (const ask of asked) {
      const one = await rig();
      ask(one);
      await one.hear({});
      await one.clock.until(() => one.fake.texts().some((text) => text.includes("let a = 1")));
      await one.clock.advance(10_000);
      bodies.push(one.fake.messages[0]?.body);
    }
    bodies.push((await preview(fakePlatform(), rich, to))[0]?.body);
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  const empty: readonly (readonly [string, Sayable, number])[] = [
    ["an empty text", "", 0],
    ["white space", " \n\t ", 0],
    ["no blocks", [], 0],
    ["an empty draft", {}, 0],
    ["an empty paragraph", [{ type: "paragraph", children: [] }], 0],
    ["an empty code block", "```\n```", 1],
    ["an empty cell", "| a | b |\n|---|---|\n|   | x |", 1],
    ["a file and no text", { attachments: [{ name: "a", data: "x" }] }, 1],
    ["an empty file", { attachments: [{ name: "a", data: "" }] }, 1],
    ["an empty reply target", { content: "hi", replyTo: "" }, 1],
  ];
  it.each(empty)("lesson 24: %s is said as what it is, or not at all", async (_, what, messages) => {
    const { gateway, fake, hear, clock, count } = await rig();
    let ids = -1;
    gateway.on("message.created", async (c) => {
      ids = (await c.reply(what)).ids.length;
    });
    await hear({});
    await clock.advance(5000);
    expect(ids).toBe(messages);
    expect(fake.messages).toHaveLength(messages);
    expect(count("operation.dead") + count("event.failed")).toBe(0);
    expect(fake.calls.every(({ body, attachments = [] }) => body["text"] !== "" || attachments.length > 0)).toBe(true);
  });

  it("lesson 26: what was posted can be edited, reacted to and deleted by what posting returned", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", async (c) => {
      const said = await c.reply("first");
      const { messageId = "" } = await said.receipt();
      await c.react("👀", said);
      await c.edit(messageId, "second");
      await said.edit("third");
      const gone = await c.send({ ...to, room: "other" }, "oops");
      await gone.delete();
    });
    await hear({});
    await clock.until(() => fake.messages.length === 2 && fake.messages[1]?.deleted === true);
    expect(fake.messages[0]).toMatchObject({ text: "third", earlier: ["first", "second"], reactions: ["👀"] });
  });

  it("lesson 26: the ids that gateway.send returns have receipts, also for whoever asks late", async () => {
    const { gateway, fake, clock } = await rig();
    const ids = await gateway.send(to, range(3000).map(String).join(" "));
    expect(ids.length).toBeGreaterThan(1);
    await clock.until(() => fake.messages.length === ids.length);
    const receipts = await Promise.all(ids.map((id) => gateway.receipt(id)));
    expect(receipts.map(({ messageId }) => messageId)).toEqual(fake.messages.map(({ id }) => id));
  });

  it("lesson 38: an edit replaces all of what was there, buttons included, and the transcript reads as people see it", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const read: string[] = [];
    gateway.on("message.created", async (c) => {
      if (c.message.text === "read") return read.push(...(await c.history()).map(({ text }) => text));
      const said = await c.reply([
        { type: "paragraph", children: [{ type: "text", value: "sure?" }] },
        { type: "actions", items: [{ kind: "button", id: "yes", label: "Yes" }] },
      ]);
      await said.receipt();
      await said.edit("done");
    });
    await hear({ text: "go" });
    await clock.until(() => fake.texts()[0] === "done");
    expect(fake.messages[0]?.body).toEqual({ text: "done" });
    await hear({ text: "read" });
    await clock.advance(1000);
    expect(read).toEqual(["go", "done"]);
  });

  it("lesson 38: of a stream, the transcript has the whole and nothing of the beginning", async () => {
    for (const streams of ["native", "emulated"] as const) {
      const { gateway, fake, hear, clock } = await rig({ platform: { streams } });
      const read: string[] = [];
      gateway.on("message.created", async (c) => {
        if (c.message.text === "read") return read.push(...(await c.history()).map(({ text }) => text));
        await c.reply(words(clock, ["once ", "upon ", "a ", "time"]));
      });
      await hear({ text: "go" });
      await clock.until(() => fake.texts()[0] === "once upon a time");
      await clock.advance(1000);
      await hear({ text: "read" });
      await clock.advance(1000);
      expect(read).toEqual(["go", "once upon a time"]);
    }
  });

  it("lesson 40: a session whose time is over makes room for a new one", async () => {
    const { gateway, hear, clock } = await rig({
      session: { initial: () => ({ n: 0, list: [[1], [2, [3]]] }), ttlMs: 1000 },
    });
    const seen: unknown[] = [];
    gateway.on("message.created", (c) => {
      c.session.n += 1;
      seen.push(structuredClone(c.session));
    });
    await hear({});
    await clock.advance(500);
    await hear({});
    await clock.advance(2000);
    await hear({});
    await clock.advance(500);
    const list = [[1], [2, [3]]];
    expect(seen).toEqual([
      { n: 1, list },
      { n: 2, list },
      { n: 1, list },
    ]);
  });
});

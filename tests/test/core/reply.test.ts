import { describe, expect, it } from "vitest";
import { rig } from "./harness.ts";

describe("a message goes through", () => {
  it("is answered in its conversation, once", async () => {
    const { gateway, fake, hear, clock, count } = await rig();
    gateway.on("message.created", async (c) => {
      await c.reply(`You said: **${c.message.text}**`);
    });
    expect(await hear({ id: "a", text: "hi" })).toBe(200);
    expect(await hear({ id: "a", text: "hi" })).toBe(200);
    await clock.until(() => fake.messages.length > 0);
    await clock.advance(10_000);
    expect(fake.texts("general")).toEqual(["You said: **hi**"]);
    expect(count("delivery.duplicate")).toBe(1);
    await gateway.stop();
  });

  it("streams by edits, with the whole text at the end", async () => {
    const { gateway, fake, hear, clock } = await rig();
    const words = "one two three four five six seven eight nine ten".split(" ");
    gateway.on("message.created", async (c) => {
      await c.reply(
        (async function* () {
          for (const word of words) {
            await new Promise<void>((resolve) => clock.after(300, resolve));
            yield `${word} `;
          }
        })(),
      );
    });
    await hear({ text: "go" });
    await clock.until(() => fake.texts()[0]?.includes("ten") ?? false);
    expect(fake.messages).toHaveLength(1);
    expect(fake.messages[0]?.earlier.length).toBeGreaterThan(1);
    await gateway.stop();
  });

  it("edits what it said", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", async (c) => {
      const said = await c.reply("working");
      await said.edit("done");
    });
    await hear({ text: "go" });
    await clock.until(() => fake.texts()[0] === "done");
    expect(fake.messages).toHaveLength(1);
    await gateway.stop();
  });
});

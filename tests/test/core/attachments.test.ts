import { fakePlatform } from "@devflow/conformance";
import type { Attachment } from "@devflow/gateway";
import { describe, expect, it } from "vitest";
import { rig } from "./harness.ts";

describe("attachments", () => {
  const read = async (attachment: Attachment, maxBytes?: number): Promise<string> => {
    const fake = fakePlatform({ files: { f1: new TextEncoder().encode("remote bytes") } });
    const { gateway, hear, clock } = await rig({ fake });
    let result = "";
    gateway.on("message.created", async (c) => {
      const [first] = c.message.attachments;
      try {
        const bytes = await c.read(first as Attachment, maxBytes === undefined ? {} : { maxBytes });
        result = new TextDecoder().decode(bytes);
      } catch (error) {
        result = String(error);
      }
    });
    await hear({ attachments: [attachment] });
    await clock.until(() => result !== "");
    await gateway.stop();
    return result;
  };

  it("are read from the platform that holds them", async () => {
    expect(await read({ kind: "file", source: { type: "remote", handle: "f1" } })).toBe("remote bytes");
  });

  it("are not fetched from an address that the sender chose", async () => {
    expect(await read({ kind: "file", source: { type: "url", url: "http://169.254.169.254/" } })).toContain("Fetch it yourself");
  });

  it("are refused when they are too long, or gone, or nothing", async () => {
    expect(await read({ kind: "file", bytes: 100, source: { type: "remote", handle: "f1" } }, 10)).toContain("more than the 10");
    expect(await read({ kind: "file", source: { type: "stored", key: "0-1-5" } })).toContain("not in the store");
    expect(await read({ kind: "location" })).toContain("no bytes");
  });

  it("of replies come back from the store as they were", async () => {
    const { gateway, fake, hear, clock } = await rig();
    gateway.on("message.created", (c) => c.reply({ content: "here", attachments: [{ name: "a.txt", data: "hello" }] }));
    await hear({ text: "file please" });
    await clock.until(() => fake.messages.some(({ attachments }) => attachments.length > 0));
    const [sent] = fake.messages.flatMap(({ attachments }) => attachments);
    expect(new TextDecoder().decode(sent?.data)).toBe("hello");
    await gateway.stop();
  });
});

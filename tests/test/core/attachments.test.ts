import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fakePlatform } from "@devflow/conformance";
import { discord } from "@devflow/discord";
import { createGateway, type Attachment } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { slack } from "@devflow/slack";
import { describe, expect, it, onTestFinished } from "vitest";
import { rig } from "./harness.ts";
import { silent } from "./stores.ts";

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

  it.each([
    ["slack", "https"],
    ["discord", "http"],
  ])(
    "reliability 35: passed on to %s, a file at an address inside is not fetched, unless private networks are allowed",
    async (platform, scheme) => {
      const canary = createServer((_, response) => response.end("inside"));
      let connections = 0;
      canary.on("connection", () => (connections += 1));
      await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void canary.close());
      const url = `${scheme}://localhost:${(canary.address() as AddressInfo).port}/`;
      for (const privateNetworks of [false, true]) {
        const asked: string[] = [];
        const seen: (string | undefined)[] = [];
        const gateway = createGateway({
          adapters: [
            slack({ token: "xoxb-test", apiUrl: "http://127.0.0.1:9/" }),
            discord({ token: "MTIz.x.y", apiUrl: "http://127.0.0.1:9/" }),
          ],
          store: memoryStore(),
          log: silent,
          environment: {},
          privateNetworks,
          fetch: async (input: string | URL | Request) => {
            asked.push(input instanceof Request ? input.url : input.toString());
            return new Response("none", { status: 404 });
          },
          observe: ({ step, code }) => void (step === "operation.dead" && seen.push(code)),
        });
        const file: Attachment = { kind: "file", name: "a.txt", source: { type: "url", url } };
        await gateway.start();
        await gateway.send({ platform, account: "1", room: "2" }, { content: "look", attachments: [file] });
        await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(1);
        expect(asked.includes(url)).toBe(privateNetworks);
        expect(privateNetworks || seen[0] === "file.refused").toBe(true);
        await gateway.stop();
      }
      expect(connections).toBe(0);
    },
  );
});

import type { Attachment } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { telegram } from "../src/index.ts";
import { everything } from "@devflow/conformance";
import { fakeApi, refusal, token, type FakeApi } from "./support/api.ts";
import { eventOf, message } from "./support/updates.ts";

const attachment: Attachment = { kind: "file", source: { type: "remote", handle: "123456/document/f1" } };

/** A Bot API that has one file, and a server of files that answers as told. */
function serving(
  answer: () => Response,
  file: object = { file_id: "f1", file_path: "documents/file 1.pdf" },
): { readonly api: FakeApi; readonly urls: string[]; readonly modes: unknown[] } {
  const urls: string[] = [];
  const modes: unknown[] = [];
  const api = fakeApi(() => file);
  const context = api.context.bind(api);
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.includes("/file/bot")) return await api.fetch(input, init);
    urls.push(url);
    modes.push(init?.redirect);
    return answer();
  };
  return { api: { ...api, context: (options) => context({ ...options, fetch }) }, urls, modes };
}

async function open(server: ReturnType<typeof serving>, what = attachment, maxBytes = 1_000): Promise<Uint8Array | undefined> {
  return await telegram().files?.open(what, "123456", { maxBytes }, server.api.context());
}

describe("files", () => {
  it("lesson 8: opens what a message had, after a queue and a restart", async () => {
    const [received] = eventOf({ message: message({ document: { file_id: "f1" } }) }, "message.created").message.attachments;
    const server = serving(() => new Response("bytes"));
    const bytes = await open(server, JSON.parse(JSON.stringify(received)) as Attachment);
    expect(Buffer.from(bytes ?? []).toString()).toBe("bytes");
    expect(server.urls).toEqual([`https://api.telegram.org/file/bot${token}/documents/file%201.pdf`]);
  });

  it("refuses what is too large, by what Telegram says and by what comes", async () => {
    await expect(open(serving(() => new Response("x"), { file_path: "a", file_size: 1_001 }))).rejects.toMatchObject({
      code: "file.refused",
    });
    await expect(open(serving(() => new Response("x", { headers: { "content-length": "1001" } })))).rejects.toMatchObject({
      code: "file.refused",
    });
    await expect(open(serving(() => new Response("x".repeat(1_001))))).rejects.toMatchObject({ code: "file.refused" });
  });

  it("says that bots cannot have more than 20 MB", async () => {
    await expect(open(serving(() => new Response(), refusal(400, "Bad Request: file is too big")))).rejects.toMatchObject({
      code: "file.refused",
      message: expect.stringContaining("20 MB"),
    });
  });

  it("calls a download that broke off a fault of the network, to be tried again", async () => {
    const broken = (): ReadableStream =>
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(1)),
        pull: (controller) => controller.error(new TypeError("terminated")),
      });
    await expect(open(serving(() => new Response(broken())))).rejects.toMatchObject({ code: "network.failed", retryable: true });
  });

  it("lesson 34: follows no redirect, for the token is in the address", async () => {
    const server = serving(() => new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } }));
    await expect(open(server)).rejects.toMatchObject({ code: "file.refused", message: expect.stringContaining("redirected") });
    expect(server.modes).toEqual(["manual"]);
  });

  it("lesson 34: shows the token to nobody, whatever goes wrong", async () => {
    const wrong = [
      (): Response => {
        throw new TypeError(`fetch failed: https://api.telegram.org/file/bot${token}/x`);
      },
      (): Response => new Response("no", { status: 404 }),
      (): Response => new Response("no", { status: 500 }),
    ];
    for (const answer of wrong) {
      const error: unknown = await open(serving(answer)).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ platform: "telegram" });
      expect(everything(error)).not.toContain(token.slice(-16));
    }
  });

  it("opens no file of another bot or platform, and none on a server's own disk", async () => {
    for (const handle of ["999/document/f1", "F0123"]) {
      await expect(
        open(
          serving(() => new Response("x")),
          { kind: "file", source: { type: "remote", handle } },
        ),
      ).rejects.toMatchObject({ code: "file.refused" });
    }
    await expect(
      open(
        serving(() => new Response("x")),
        { kind: "location" },
      ),
    ).rejects.toMatchObject({ code: "file.refused" });
    for (const file_path of ["/var/lib/bot/file.pdf", "../../getMe", undefined]) {
      await expect(open(serving(() => new Response("x"), { file_path }))).rejects.toMatchObject({ code: "file.refused" });
    }
  });
});

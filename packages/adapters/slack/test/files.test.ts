import { scriptedServer, type HttpAnswer, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Attachment } from "@devflow/gateway/contract";
import { slack } from "../src/index.ts";
import { world } from "./support/index.ts";

let server: ScriptedServer;
let answers: Record<string, HttpAnswer> = {};
beforeEach(async () => {
  answers = { "/file": { headers: { "content-type": "image/png" }, body: "picture" } };
  server = await scriptedServer((call) => answers[call.url] ?? { status: 404 });
});
afterEach(async () => await server.close());

function open(attachment: Partial<Attachment>, maxBytes = 1_000, context = world()) {
  return slack({ apiUrl: server.url }).files?.open({ kind: "file", ...attachment }, "T0001", { maxBytes }, context);
}
const remote = (url = "/file") => ({ source: { type: "remote" as const, handle: `F1 ${server.url}${url}` } });

describe("files", () => {
  it("are fetched with the bot's token", async () => {
    expect(Buffer.from((await open(remote())) ?? []).toString()).toBe("picture");
    expect(server.calls[0]?.headers["authorization"]).toBe("Bearer xoxb-test-1");
  });

  it("are asked for where a payload had no address", async () => {
    answers["/files.info"] = { body: { ok: true, file: { url_private: `${server.url}/file` } } };
    expect(Buffer.from((await open({ source: { type: "remote", handle: "F1" } })) ?? []).toString()).toBe("picture");
    answers["/files.info"] = { body: { ok: true, file: {} } };
    await expect(open({ source: { type: "remote", handle: "F1" } })).rejects.toMatchObject({ code: "target.gone" });
  });

  it("lesson 34: the token goes to Slack's hosts alone, whatever a redirect says", async () => {
    const foreign = await scriptedServer(() => ({ body: "elsewhere" }));
    answers["/file"] = { status: 302, headers: { location: `${foreign.url}/x` } };
    await expect(open(remote())).rejects.toMatchObject({ code: "file.refused" });
    expect(foreign.calls).toEqual([]);
    const asked: [string, string | null][] = [];
    const context = {
      ...world(),
      fetch: (async (url: URL, init: RequestInit) => {
        asked.push([url.href, new Headers(init.headers).get("authorization")]);
        if (url.host === "files.slack.com")
          return new Response(null, { status: 302, headers: { location: "https://cdn.example.com/x" } });
        return new Response("far", { headers: { "content-type": "image/png" } });
      }) as typeof fetch,
      fetchPublic: async (url: string | URL) => {
        asked.push([String(url), "nothing, and from the internet alone"]);
        return new Response("far", { headers: { "content-type": "image/png" } });
      },
    };
    await open({ source: { type: "remote", handle: "F1 https://files.slack.com/a" } }, 1_000, context);
    await open({ source: { type: "remote", handle: "F1 https://slack.com.example.com/a" } }, 1_000, context);
    await open({ source: { type: "url", url: "https://files.slack.com.evil.test/a" } }, 1_000, context);
    expect(asked).toEqual([
      ["https://files.slack.com/a", "Bearer xoxb-test-1"],
      ["https://cdn.example.com/x", "nothing, and from the internet alone"],
      ["https://slack.com.example.com/a", "nothing, and from the internet alone"],
      ["https://files.slack.com.evil.test/a", "nothing, and from the internet alone"],
    ]);
    await foreign.close();
  });

  it("are no login pages", async () => {
    answers["/file"] = { headers: { "content-type": "text/html; charset=utf-8" }, body: "<html>Sign in</html>" };
    await expect(open({ ...remote(), mediaType: "image/png" })).rejects.toMatchObject({
      code: "file.refused",
      message: expect.stringContaining("files:read"),
    });
    expect(Buffer.from((await open({ ...remote(), mediaType: "text/html" })) ?? []).toString()).toContain("Sign in");
  });

  it("are refused when they are too large, announced or not", async () => {
    await expect(open(remote(), 6)).rejects.toMatchObject({ code: "file.refused" });
    const endless = {
      ...world(),
      fetch: (async () =>
        new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1_000)) }))) as unknown as typeof fetch,
    };
    await expect(open(remote(), 10_000, endless)).rejects.toMatchObject({ code: "file.refused" });
  });

  it("fail as the platform fails", async () => {
    for (const [status, code, retryable] of [
      [503, "platform.failed", true],
      [429, "platform.failed", true],
      [404, "target.gone", false],
      [403, "file.refused", false],
    ] as const) {
      answers["/file"] = { status };
      await expect(open(remote())).rejects.toMatchObject({ code, retryable });
    }
    answers["/file"] = { status: 302, headers: { location: "/file" } };
    await expect(open(remote())).rejects.toMatchObject({ code: "file.refused" });
    server.behave("reset");
    await expect(open(remote())).rejects.toMatchObject({ code: "network.failed", retryable: true });
    await expect(open({ kind: "location" })).rejects.toMatchObject({ code: "file.refused" });
  });
});

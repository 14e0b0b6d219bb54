import { scriptedServer, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Operation } from "@devflow/gateway/contract";
import { parseMarkdown, secret } from "@devflow/gateway/kit";
import { slack, type SlackOptions } from "../src/index.ts";
import { world } from "./support/index.ts";

let server: ScriptedServer;
beforeEach(
  async () =>
    void (server = await scriptedServer(() => ({
      body: { ok: true, ts: "1.0", user_id: "UBOT", user: "bot", team: "Acme", team_id: "T0001" },
    }))),
);
afterEach(async () => await server.close());

const hello: Operation = { kind: "message.post", draft: { content: parseMarkdown("hi"), attachments: [] } };
const tokens = (): (string | undefined)[] => server.calls.map((call) => call.headers["authorization"]?.replace("Bearer ", ""));

async function post(options: SlackOptions, account = "T0001", context = world()) {
  const adapter = slack(options);
  const to = { platform: "slack", account, room: "C0001" };
  return await adapter.sender.send(
    { key: "k", kind: "message.post", to, body: adapter.formatter.format(hello, to), attempt: 1 },
    context,
  );
}

describe("accounts", () => {
  it("lesson 27: have each their own token", async () => {
    const options = { apiUrl: server.url, token: (account: string) => secret(`xoxb-${account}`) };
    const adapter = slack(options);
    const context = world();
    for (const account of ["T0001", "T0002", "T0001"]) {
      const to = { platform: "slack", account, room: "C0001" };
      await adapter.sender.send(
        { key: "k", kind: "message.post", to, body: adapter.formatter.format(hello, to), attempt: 1 },
        context,
      );
    }
    expect(tokens()).toEqual(["xoxb-T0001", "xoxb-T0002", "xoxb-T0001"]);
  });

  it("may change their token at any time", async () => {
    let generation = 1;
    const adapter = slack({ apiUrl: server.url, token: async () => `xoxe.xoxb-${generation++}` });
    const context = world();
    const first = await adapter.client("T0001", context);
    expect(await adapter.client("T0001", context)).not.toBe(first);
    const still = slack({ apiUrl: server.url, token: "xoxb-same" });
    expect(await still.client("T0001", context)).toBe(await still.client("T0001", context));
  });

  it("say which secret is missing", async () => {
    await expect(post({ apiUrl: server.url }, "T0001", world({ secrets: {} }))).rejects.toMatchObject({
      code: "secret.missing",
      message: expect.stringContaining("SLACK_BOT_TOKEN"),
    });
    await expect(post({ apiUrl: server.url, token: () => undefined })).rejects.toMatchObject({ code: "secret.missing" });
  });

  it("take their address from the environment when no option names one", async () => {
    await post({}, "T0001", world({ settings: { API_URL: `${server.url}/api` } }));
    expect(server.calls[0]?.url).toBe("/api/chat.postMessage");
  });
});

describe("a rate limit", () => {
  it("holds back its own call and no other", async () => {
    server.behave((call) =>
      call.body.includes("C0001") ? { status: 429, headers: { "retry-after": "30" } } : { body: { ok: true, ts: "1.0" } },
    );
    const adapter = slack({ apiUrl: server.url });
    const context = world();
    const send = async (channel: string) => {
      const to = { platform: "slack", account: "T0001", room: channel };
      return await adapter.sender.send(
        { key: "k", kind: "message.post", to, body: adapter.formatter.format(hello, to), attempt: 1 },
        context,
      );
    };
    const [limited, free] = await Promise.allSettled([send("C0001"), send("C0002")]);
    expect(limited).toMatchObject({ reason: { code: "rate.limited", retryAfterMs: 30_000 } });
    expect(free).toMatchObject({ value: { messageId: "1.0" } });
    expect(server.calls.length).toBe(2);
    server.behave(() => ({ status: 429 }));
    await expect(send("C0001")).rejects.toMatchObject({ code: "rate.limited", retryable: true });
  });
});

describe("identify", () => {
  it("asks Slack who we are", async () => {
    expect(await slack({ apiUrl: server.url }).identify("T0001", world())).toEqual({
      user: { id: "UBOT", kind: "bot", self: true, name: "bot", handle: "bot" },
      title: "Acme",
    });
  });

  it("lesson 27: refuses the token of another workspace", async () => {
    await expect(slack({ apiUrl: server.url }).identify("T0002", world())).rejects.toMatchObject({
      code: "auth.failed",
      retryable: false,
      message: expect.stringContaining("T0001"),
    });
  });

  it("lesson 32: does not guess when Slack does not say", async () => {
    server.behave(() => ({ body: { ok: true } }));
    await expect(slack({ apiUrl: server.url }).identify("T0001", world())).rejects.toMatchObject({ code: "auth.failed" });
  });
});

describe("a client that is handed in", () => {
  it("is used as it is", async () => {
    const { WebClient } = await import("@slack/web-api");
    const own = new WebClient("xoxb-own", { slackApiUrl: server.url });
    await post({ client: own });
    await post({ client: async () => own });
    expect(tokens()).toEqual(["xoxb-own", "xoxb-own"]);
    expect(await slack({ client: own }).client("T0001", world())).toBe(own);
  });

  it("lends its token to downloads", async () => {
    const { WebClient } = await import("@slack/web-api");
    server.behave(() => ({ headers: { "content-type": "text/plain" }, body: "file" }));
    const adapter = slack({ client: new WebClient("xoxb-own"), apiUrl: server.url });
    await adapter.files?.open(
      { kind: "file", source: { type: "remote", handle: `F1 ${server.url}/f` } },
      "T0001",
      { maxBytes: 10 },
      world({ secrets: {} }),
    );
    expect(tokens()).toEqual(["xoxb-own"]);
  });

  it("may be of another copy of the SDK", async () => {
    const foreign = {
      apiCall: async () =>
        await Promise.reject(
          Object.assign(new Error("x"), { code: "slack_webapi_platform_error", data: { error: "is_archived" } }),
        ),
    };
    await expect(post({ client: foreign as never })).rejects.toMatchObject({ code: "target.gone" });
  });
});

describe("options", () => {
  it("are checked at once, and never printed", () => {
    for (const wrong of [
      { token: "hello" },
      { appToken: "xoxb-1" },
      { signingSecret: "" },
      { signingSecret: [] },
      { apiUrl: "slack.com" },
    ]) {
      expect(() => slack(wrong)).toThrow(expect.objectContaining({ code: "options.invalid" }));
    }
    expect(() => slack({ token: "hello-secret" })).not.toThrow(/hello-secret/);
    expect(JSON.stringify(slack({ token: "xoxb-canary" }))).not.toContain("canary");
  });
});

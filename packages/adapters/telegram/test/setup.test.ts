import { describe, expect, it } from "vitest";
import { telegram } from "../src/index.ts";
import { fakeApi, token, type FakeApi } from "./support/api.ts";

/** A Bot API that remembers what it was set up with. */
function remembering(info: Record<string, unknown> = { url: "" }): FakeApi {
  const state = { info, commands: [] as unknown };
  return fakeApi(({ method, params }) => {
    if (method === "getWebhookInfo") return state.info;
    if (method === "getMyCommands") return state.commands;
    if (method === "setWebhook") state.info = { url: params.url, allowed_updates: params.allowed_updates };
    if (method === "deleteWebhook") state.info = { url: "" };
    if (method === "setMyCommands") state.commands = params.commands;
    return true;
  });
}

const commands = [{ name: "deploy", description: "Deploy a branch" }];
const writes = (api: FakeApi): readonly string[] =>
  api.calls.map(({ method }) => method).filter((method) => !method.startsWith("get"));
const withSecret = { BOT_TOKEN: token, WEBHOOK_SECRET: "opensesame" };

describe("setup", () => {
  it("sets the webhook with its secret and all the updates that we read, and lists the commands", async () => {
    const api = remembering();
    const said = await telegram().setup?.setup({ url: "https://bot.example/", commands }, api.context({ secrets: withSecret }));
    expect(api.calls.find(({ method }) => method === "setWebhook")?.params).toMatchObject({
      url: "https://bot.example/webhooks/telegram",
      secret_token: "opensesame",
      allowed_updates: expect.arrayContaining(["message", "message_reaction", "chat_member"]),
    });
    expect(api.calls.find(({ method }) => method === "setMyCommands")?.params).toEqual({
      commands: [{ command: "deploy", description: "Deploy a branch" }],
    });
    expect(said).toEqual([expect.stringContaining("https://bot.example/webhooks/telegram"), expect.stringContaining("/deploy")]);
  });

  it("changes nothing the second time, and says so", async () => {
    const api = remembering();
    const context = api.context({ secrets: withSecret });
    const { setup } = telegram();
    await setup?.setup({ url: "https://bot.example", commands }, context);
    const before = writes(api).length;
    expect(await setup?.setup({ url: "https://bot.example", commands }, context)).toEqual([
      expect.stringContaining("already"),
      expect.stringContaining("already"),
    ]);
    expect(writes(api)).toHaveLength(before);
  });

  it("sets it again when the secret, the address or the updates are others", async () => {
    const api = remembering();
    const context = api.context({ secrets: {} });
    const run = async (url: string, webhookSecret: string, allowedUpdates?: string[]): Promise<unknown> =>
      await telegram({ token, webhookSecret, ...(allowedUpdates && { allowedUpdates }) }).setup?.setup(
        { url, commands: [] },
        context,
      );
    await run("https://a.example", "one");
    await run("https://a.example", "two");
    await run("https://b.example", "two");
    await run("https://b.example", "two", ["message"]);
    await run("https://b.example", "two", ["message"]);
    expect(writes(api)).toHaveLength(4);
    expect(JSON.stringify([...context.remembered])).not.toMatch(/"(one|two)"/);
  });

  it("takes the webhook back from whoever set another one meanwhile", async () => {
    const api = remembering();
    const context = api.context({ secrets: withSecret });
    const { setup } = telegram();
    await setup?.setup({ url: "https://bot.example", commands: [] }, context);
    const stranger = await telegram().client("123456", context);
    const updates = api.calls.find(({ method }) => method === "setWebhook")?.params.allowed_updates as string[];
    await stranger.setWebhook({ url: "https://other.example", allowed_updates: updates });
    await setup?.setup({ url: "https://bot.example", commands: [] }, context);
    expect(api.calls.at(-1)).toMatchObject({ method: "setWebhook", params: { url: "https://bot.example/webhooks/telegram" } });
  });

  it("removes the webhook where updates are polled", async () => {
    const api = remembering({ url: "https://old.example" });
    expect(await telegram().setup?.setup({ commands: [] }, api.context())).toEqual([expect.stringContaining("Removed")]);
    expect(await telegram().setup?.setup({ commands: [] }, api.context())).toEqual([expect.stringContaining("long polling")]);
    expect(writes(api)).toEqual(["deleteWebhook"]);
    const polling = remembering();
    await telegram({ polling: true, webhookSecret: "x" }).setup?.setup(
      { url: "https://bot.example", commands: [] },
      polling.context(),
    );
    expect(writes(polling)).toEqual([]);
  });

  it("lesson 32: sets no webhook without a secret", async () => {
    const api = remembering();
    await expect(telegram().setup?.setup({ url: "https://bot.example", commands }, api.context())).rejects.toMatchObject({
      code: "secret.missing",
    });
    expect(writes(api)).toEqual([]);
  });

  it("names the commands that Telegram cannot list", async () => {
    const api = remembering();
    const said = await telegram().setup?.setup(
      {
        commands: [
          { name: "Deploy", description: "" },
          { name: "no-hyphens", description: "x" },
        ],
      },
      api.context(),
    );
    expect(said?.at(-1)).toContain("/no-hyphens");
    expect(api.calls.find(({ method }) => method === "setMyCommands")?.params).toEqual({
      commands: [{ command: "deploy", description: "Deploy" }],
    });
  });
});

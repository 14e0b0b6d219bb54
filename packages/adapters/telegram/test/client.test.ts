import { Api } from "node-telegram-bot-api";
import { describe, expect, it } from "vitest";
import { fakeSecrets } from "@devflow/conformance";
import { secret } from "@devflow/gateway/kit";
import { telegram } from "../src/index.ts";
import { fakeApi, token, usual } from "./support/api.ts";

describe("client", () => {
  it("is the SDK's, ready to use, and the same each time", async () => {
    const api = fakeApi();
    const context = api.context();
    const adapter = telegram();
    const client = await adapter.client("123456", context);
    expect(client).toBeInstanceOf(Api);
    expect(await adapter.client("123456", context)).toBe(client);
    await client.sendDice({ chat_id: 42 });
    expect(api.calls).toMatchObject([{ method: "sendDice", params: { chat_id: 42 } }]);
  });

  it("is made anew when the token was replaced", async () => {
    const values: Record<string, string> = { BOT_TOKEN: token };
    const context = fakeApi().context({ secrets: { get: () => secret(values.BOT_TOKEN ?? "") } });
    const adapter = telegram();
    const before = await adapter.client("123456", context);
    values.BOT_TOKEN = token.replace("canary", "second");
    expect(await adapter.client("123456", context)).not.toBe(before);
  });

  it("reaches the server that options, or else the setting, name", async () => {
    const seen: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      seen.push(new URL(input instanceof Request ? input.url : input).origin);
      return Response.json({ ok: true, result: usual({ method: "getMe", params: {}, files: [] }) });
    };
    const setting = fakeApi().context({ fetch, settings: { API_URL: "http://127.0.0.1:2/" } });
    await telegram({ apiUrl: "http://127.0.0.1:1" }).identify("123456", setting);
    await telegram().identify("123456", setting);
    await telegram().identify("123456", fakeApi().context({ fetch }));
    expect(seen).toEqual(["http://127.0.0.1:1", "http://127.0.0.1:2", "https://api.telegram.org"]);
  });

  it("has a token for each bot that the vault knows, and mixes none up", async () => {
    const other = token.replace("123456", "999999");
    const context = fakeApi().context({ secrets: fakeSecrets({ BOT_TOKEN: token, "BOT_TOKEN@999999": other }) });
    const adapter = telegram();
    expect(await adapter.client("999999", context)).not.toBe(await adapter.client("123456", context));
    await expect(adapter.client("555", context)).rejects.toMatchObject({ code: "secret.missing", account: "555" });
  });

  it("that was handed in tells its own account, and asks again after a failure", async () => {
    let broken = true;
    const client = {
      getMe: async () => (broken ? Promise.reject(new Error("down")) : { id: 123456, first_name: "Rig" }),
    } as unknown as Api;
    const context = fakeApi().context({ secrets: {} });
    const { transports } = telegram({ client });
    await expect(transports.connection?.lines(context)).rejects.toMatchObject({ code: "network.failed" });
    broken = false;
    expect(await transports.connection?.lines(context)).toEqual(["123456"]);
  });
});

describe("identify", () => {
  it("tells who the bot is", async () => {
    expect(await telegram().identify("123456", fakeApi().context())).toEqual({
      user: { id: "123456", kind: "bot", self: true, name: "Rig", handle: "rig_bot" },
      title: "Rig",
    });
  });

  it("refuses to be somebody else", async () => {
    const api = fakeApi(() => ({ id: 777, first_name: "Other" }));
    await expect(telegram().identify("123456", api.context())).rejects.toMatchObject({ code: "auth.failed" });
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { slackMessage, slackRequest, startApi, startProgram } from "./process.ts";

const folder = mkdtempSync(join(tmpdir(), "devflow-playground-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the playground serves every platform whose secrets it is given", { timeout: 30_000 }, () => {
  it("answers a signed Slack message and a Telegram update through their APIs, from one process", async () => {
    const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
    const slack = await startApi(() => ({ ok: true, channel: "D1", ts: "1700000001.000100" }));
    const telegram = await startApi(({ path }) => ({
      ok: true,
      result: path.endsWith("getMe")
        ? { id: 123456, is_bot: true, first_name: "Rig", username: "rig_bot" }
        : { message_id: 7, date: 1_700_000_000, chat: { id: 42, type: "private" } },
    }));
    const program = await startProgram("examples/playground/src/main.ts", {
      DEVFLOW_DB: join(folder, "gateway.db"),
      SLACK_BOT_TOKEN: "xoxb-test",
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_API_URL: `${slack.url}/api/`,
      TELEGRAM_BOT_TOKEN: `123456:${"A".repeat(35)}`,
      TELEGRAM_WEBHOOK_SECRET: "let-me-in",
      TELEGRAM_API_URL: telegram.url,
    });
    const post = (platform: string, request: RequestInit): Promise<Response> =>
      fetch(`${program.url}/webhooks/${platform}`, request);

    expect((await post("slack", slackRequest(slackMessage("/help"), signingSecret))).status).toBe(200);
    expect((await slack.seen("chat.postMessage")).fields).toMatchObject({ channel: "D1" });

    const person = { id: 42, is_bot: false, first_name: "Ada" };
    const message = { message_id: 5, date: 1_700_000_000, chat: { id: 42, type: "private" }, from: person, text: "hello" };
    const update = (secret: string): RequestInit => ({
      method: "POST",
      body: JSON.stringify({ update_id: 1, message }),
      headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
    });
    expect((await post("telegram", update("guess"))).status).toBe(401);
    expect((await post("telegram", update("let-me-in"))).status).toBe(200);
    expect((await telegram.seen("sendMessage")).fields).toMatchObject({ chat_id: "42", parse_mode: "HTML" });

    expect(await program.end()).toBe(0);
    await Promise.all([slack.close(), telegram.close()]);
  });
});

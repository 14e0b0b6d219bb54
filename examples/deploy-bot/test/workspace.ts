import { createHmac } from "node:crypto";
import { createEmulator } from "emulate";
import { freePort } from "../src/pretend/port.ts";

/** A message as Slack keeps it. */
export interface Kept {
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  readonly blocks?: readonly { readonly type: string; readonly elements?: readonly object[] }[];
}

/** An emulated Slack workspace with the bot in its general channel. */
export interface Workspace {
  readonly env: Readonly<Record<string, string>>;
  /** A slash command, signed; `trigger` tells one from another. */
  command(bot: string, text: string, trigger: string): Promise<number>;
  /** A press on a button below a message, by that person. */
  press(bot: string, message: Kept, label: string, by: string): Promise<number>;
  /** What stands in the channel, or in the thread of a message, oldest first. */
  read(thread?: string): Promise<readonly Kept[]>;
  close(): Promise<void>;
}

const [team, channel, user] = ["T000000001", "C000000001", "U000000001"];
const [token, secret] = ["xoxb-emulated", "8f742231b10e8888abcd99yyyzzz85a5"];
const bot = { bot_user_id: "U000000009", bot_id: "B000000009", app_id: "A000000001" };

/** Opens one. What `emulate` has no simulation of, commands and presses, is sent by us as Slack sends it. */
export async function openWorkspace(): Promise<Workspace> {
  const app = { ...bot, client_id: "1.2", client_secret: "s", name: "Deploy bot", redirect_uris: [] };
  const emulator = await createEmulator({
    service: "slack",
    port: await freePort(),
    seed: { slack: { oauth_apps: [app], tokens: [{ ...bot, token, type: "bot", user_id: bot.bot_user_id }] } },
  });
  const call = async (method: string, fields: Readonly<Record<string, string>>): Promise<{ messages?: readonly Kept[] }> => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${emulator.url}/api/${method}`, { method: "POST", headers, body: new URLSearchParams(fields) });
    return (await answer.json()) as { messages?: readonly Kept[] };
  };
  await call("conversations.join", { channel });

  async function deliver(url: string, fields: Readonly<Record<string, string>>): Promise<number> {
    const body = new URLSearchParams(fields).toString();
    const time = String(Math.floor(Date.now() / 1000));
    const signature = `v0=${createHmac("sha256", secret).update(`v0:${time}:${body}`).digest("hex")}`;
    const type = "application/x-www-form-urlencoded";
    const headers = { "content-type": type, "x-slack-request-timestamp": time, "x-slack-signature": signature };
    return (await fetch(`${url}/webhooks/slack`, { method: "POST", headers, body })).status;
  }

  return {
    env: { SLACK_BOT_TOKEN: token, SLACK_SIGNING_SECRET: secret, SLACK_API_URL: `${emulator.url}/api/` },
    command: async (url, text, trigger) =>
      await deliver(url, { command: "/deploy", text, team_id: team, channel_id: channel, user_id: user, trigger_id: trigger }),
    async press(url, { ts, thread_ts, blocks = [] }, label, by) {
      const buttons = blocks.flatMap(({ elements = [] }) => elements) as { text?: { text?: string } }[];
      const action = { ...buttons.find(({ text }) => text?.text === label), type: "button", action_ts: String(Date.now()) };
      const place = { channel: { id: channel }, container: { type: "message", message_ts: ts, channel_id: channel, thread_ts } };
      const payload = {
        type: "block_actions",
        team: { id: team },
        user: { id: by },
        trigger_id: `${ts}.${by}`,
        actions: [action],
      };
      return await deliver(url, { payload: JSON.stringify({ ...payload, ...place, message: { ts, thread_ts } }) });
    },
    async read(thread) {
      if (thread !== undefined) return (await call("conversations.replies", { channel, ts: thread })).messages ?? [];
      return ((await call("conversations.history", { channel })).messages ?? []).toReversed();
    },
    close: async () => await emulator.close(),
  };
}

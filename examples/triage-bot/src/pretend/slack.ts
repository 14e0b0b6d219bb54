import { createHmac } from "node:crypto";
import { createEmulator } from "emulate";
import { call, type Stand } from "./http.ts";
import { freePort } from "./port.ts";

const [team, channel, person, self] = ["T000000001", "C000000001", "U000000001", "U000000009"];
const [token, secret] = ["xoxb-pretend", "8f742231b10e8888abcd99yyyzzz85a5"];

/** Slack as `emulate` knows it. It sends no events to an app that is seeded, so the mention is told to the bot by us, signed. */
export async function startSlack(): Promise<Stand> {
  const bot = { app_id: "A000000001", bot_id: "B000000009", bot_user_id: self };
  const app = { ...bot, client_id: "1.2", client_secret: "s", name: "Triage", redirect_uris: [] };
  const emulator = await createEmulator({
    service: "slack",
    port: await freePort(),
    seed: {
      slack: {
        oauth_apps: [app],
        tokens: [
          { ...bot, token, type: "bot", user_id: self },
          { token: "xoxp-ada", type: "user", user_id: person },
        ],
      },
    },
  });
  const ask = async (method: string, fields: Readonly<Record<string, string>>, as = token): Promise<Answer> => {
    const headers = { authorization: `Bearer ${as}` };
    const answer = await fetch(`${emulator.url}/api/${method}`, { method: "POST", headers, body: new URLSearchParams(fields) });
    return (await answer.json()) as Answer;
  };
  await ask("conversations.join", { channel });
  let root = "";
  return {
    name: "Slack",
    env: { SLACK_BOT_TOKEN: token, SLACK_SIGNING_SECRET: secret, SLACK_API_URL: `${emulator.url}/api/` },
    async mention(text, url) {
      root = (await ask("chat.postMessage", { channel, text: "The nightly build crashes." }, "xoxp-ada")).ts ?? "";
      const said = { channel, thread_ts: root, text: `<@${self}> ${text}` };
      const { ts = "" } = await ask("chat.postMessage", said, "xoxp-ada");
      const event = { type: "app_mention", user: person, ts, ...said };
      const body = JSON.stringify({
        type: "event_callback",
        team_id: team,
        api_app_id: bot.app_id,
        event_id: `Ev${ts}`,
        event_time: Math.floor(Number(ts)),
        authorizations: [{ team_id: team, user_id: self, is_bot: true }],
        event,
      });
      const time = String(Math.floor(Date.now() / 1000));
      const signature = `v0=${createHmac("sha256", secret).update(`v0:${time}:${body}`).digest("hex")}`;
      await call(`${url}/webhooks/slack`, body, { "x-slack-request-timestamp": time, "x-slack-signature": signature });
    },
    async answer() {
      const { messages = [] } = await ask("conversations.replies", { channel, ts: root });
      return { said: messages.filter(({ user }) => user === self).map(({ text }) => text), labels: [] };
    },
    close: async () => await emulator.close(),
  };
}

interface Answer {
  readonly ts?: string;
  readonly messages?: readonly { readonly user: string; readonly text: string }[];
}

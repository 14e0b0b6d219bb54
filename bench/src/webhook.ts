import { createHmac } from "node:crypto";
import { slack } from "./subjects/protocol.ts";

/** A numbered message that mentions the bot, in one of many threads, as Slack's Events API delivers it. */
function payload(number: number, conversations: number, epochS: number): string {
  const conversation = number % conversations;
  const channel = `C0${String(conversation).padStart(8, "0")}`;
  const user = `U0${String(number % 97).padStart(8, "0")}`;
  const thread = `${epochS - 86_400}.${String(conversation).padStart(6, "0")}`;
  const ts = `${epochS}.${String(number).padStart(6, "0")}`;
  const text = `<@${slack.botUserId}> is the build of *main* green again? #${number}`;
  const elements = [
    { type: "user", user_id: slack.botUserId },
    { type: "text", text: " is the build of " },
    { type: "text", text: "main", style: { bold: true } },
    { type: "text", text: ` green again? #${number}` },
  ];
  return JSON.stringify({
    token: "verification-token",
    team_id: slack.team,
    context_team_id: slack.team,
    context_enterprise_id: null,
    api_app_id: slack.app,
    event: {
      type: "app_mention",
      user,
      text,
      ts,
      client_msg_id: `6d1a2f3c-0b5e-4c1d-8e9f-${String(number).padStart(12, "0")}`,
      team: slack.team,
      thread_ts: thread,
      parent_user_id: user,
      blocks: [{ type: "rich_text", block_id: "b1", elements: [{ type: "rich_text_section", elements }] }],
      channel,
      event_ts: ts,
    },
    type: "event_callback",
    event_id: `Ev${String(number).padStart(9, "0")}`,
    event_time: epochS,
    authorizations: [
      { enterprise_id: null, team_id: slack.team, user_id: slack.botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${String(number).padStart(9, "0")}`,
  });
}

/** The same as a whole HTTP request, signed now. */
export function signedRequest(number: number, conversations: number, epochS: number): Buffer {
  const body = payload(number, conversations, epochS);
  const signature = createHmac("sha256", slack.signingSecret).update(`v0:${epochS}:${body}`).digest("hex");
  return Buffer.from(
    [
      "POST /webhooks/slack HTTP/1.1",
      "host: localhost",
      "user-agent: Slackbot 1.0 (+https://api.slack.com/robots)",
      "accept: */*",
      "accept-encoding: gzip,deflate",
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
      `x-slack-request-timestamp: ${epochS}`,
      `x-slack-signature: v0=${signature}`,
      "",
      body,
    ].join("\r\n"),
  );
}

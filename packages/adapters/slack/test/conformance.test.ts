import { createHmac } from "node:crypto";
import { adapterSuite, canaries, type Fixture, type HttpCall } from "@devflow/conformance";
import { describe, it } from "vitest";
import { slack } from "../src/index.ts";
import { botId, envelope, identity, message } from "./support/index.ts";

const secrets = canaries("SIGNING_SECRET", {
  BOT_TOKEN: "xoxb-canary-Zq7vK2xW9tB4nM6p",
  APP_TOKEN: "xapp-1-A0001-canary-Zq7vK2xW9tB4nM6p",
});

let count = 0;
const event = (name: string, inner: object, kinds: Fixture["kinds"], self = false): Fixture => ({
  name,
  body: JSON.stringify(envelope(inner, { event_id: `Ev${++count}` })),
  kinds,
  self,
});
const interaction = (name: string, payload: object, kinds: Fixture["kinds"]): Fixture => ({
  name,
  body: new URLSearchParams({
    payload: JSON.stringify({
      team: { id: "T0001" },
      user: { id: "U0001", username: "ada" },
      trigger_id: `${++count}.2.3`,
      ...payload,
    }),
  }).toString(),
  kinds,
});

const item = { type: "message", channel: "C0001", ts: "1767225600.000100" };
const edited = { ...message(), text: "hello again", edited: { user: "U0001", ts: "1767225660.000000" } };
const rich = {
  type: "rich_text",
  elements: [
    {
      type: "rich_text_section",
      elements: [
        { type: "user", user_id: botId },
        { type: "text", text: " go", style: { bold: true } },
        { type: "emoji", name: "tada" },
      ],
    },
    {
      type: "rich_text_list",
      style: "bullet",
      indent: 0,
      elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "one" }] }],
    },
  ],
};

const fixtures: readonly Fixture[] = [
  event("a message", message({ blocks: [rich], text: `<@${botId}> *go* :tada:` }), ["message.created"]),
  event("a mention", { ...message({ ts: "1767225601.000100" }), type: "app_mention" }, ["message.created"]),
  event("a direct message", message({ channel: "D0001", channel_type: "im" }), ["message.created"]),
  event("a reply", message({ ts: "1767225602.000100", thread_ts: "1767225600.000100", parent_user_id: botId }), [
    "message.created",
  ]),
  event(
    "files",
    message({
      ts: "1767225603.000100",
      subtype: "file_share",
      files: [{ id: "F0001", name: "a.png", mimetype: "image/png", file_access: "check_file_info" }],
    }),
    ["message.created"],
  ),
  event(
    "a message of ours",
    message({ ts: "1767225604.000100", user: botId, bot_id: "B0001", app_id: "A0001" }),
    ["message.created"],
    true,
  ),
  event(
    "an edit",
    { type: "message", subtype: "message_changed", channel: "C0001", message: edited, previous_message: message() },
    ["message.edited"],
  ),
  event(
    "an unfurl",
    { type: "message", subtype: "message_changed", channel: "C0001", message: message(), previous_message: message() },
    [],
  ),
  event(
    "a deletion",
    { type: "message", subtype: "message_deleted", channel: "C0001", deleted_ts: "1.2", previous_message: message() },
    ["message.deleted"],
  ),
  event("a reaction", { type: "reaction_added", user: "U0001", reaction: "+1", item }, ["reaction.added"]),
  event("a reaction taken back", { type: "reaction_removed", user: "U0001", reaction: "+1", item }, ["reaction.removed"]),
  event("somebody comes", { type: "member_joined_channel", user: "U0001", channel: "C0001", inviter: "U0002" }, [
    "member.joined",
  ]),
  event("somebody goes", { type: "member_left_channel", user: "U0001", channel: "C0001" }, ["member.left"]),
  event("the app is removed", { type: "app_uninstalled" }, ["account.revoked"]),
  event("something unknown", { type: "tea_served", channel: "C0001", user: "U0001" }, ["platform.event"]),
  interaction(
    "a button",
    {
      type: "block_actions",
      container: { type: "message", channel_id: "C0001", message_ts: "1.2" },
      channel: { id: "C0001", name: "ops" },
      message: { ts: "1.2" },
      response_url: "https://hooks.slack.com/x",
      actions: [{ type: "button", action_id: "go", value: "1", action_ts: "1767225605.000100" }],
    },
    ["action.invoked"],
  ),
  interaction(
    "a form",
    {
      type: "view_submission",
      view: {
        callback_id: "f",
        private_metadata: "s",
        state: { values: { a: { a: { type: "plain_text_input", value: "v" } } } },
      },
    },
    ["form.submitted"],
  ),
  interaction("a shortcut", { type: "shortcut", callback_id: "s" }, ["platform.event"]),
  {
    name: "a command",
    body: new URLSearchParams({
      command: "/go",
      text: "now",
      team_id: "T0001",
      channel_id: "C0001",
      channel_name: "ops",
      user_id: "U0001",
      user_name: "ada",
      trigger_id: "9.9.9",
    }).toString(),
    kinds: ["command.invoked"],
  },
];

const refusal = (error: string) => ({ body: { ok: false, error } });
const isForm = (body: string): boolean => /^(?:payload|command)=/.test(body);

adapterSuite(
  {
    name: "slack",
    adapter: ({ apiUrl }) => slack({ apiUrl }),
    entry: import.meta.resolve("../src/index.ts"),
    secrets,
    to: { platform: "slack", account: "T0001", room: "C0001", thread: "1767225600.000100" },
    identity,
    webhook: {
      proof: "x-slack-signature",
      toleranceMs: 300_000,
      sign(body, at) {
        const timestamp = String(Math.floor(at / 1000));
        const hmac = createHmac("sha256", secrets["SIGNING_SECRET"] ?? "").update(`v0:${timestamp}:${body}`);
        return {
          headers: {
            "content-type": isForm(body) ? "application/x-www-form-urlencoded" : "application/json",
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": `v0=${hmac.digest("hex")}`,
          },
          body,
        };
      },
    },
    fixtures,
    server: {
      respond(call) {
        if (isDownload(call)) return { headers: { "content-type": "image/png" }, body: "bytes of a picture" };
        if (call.url === "/auth.test")
          return { body: { ok: true, user_id: botId, user: "devflow", team: "Acme", team_id: "T0001" } };
        if (call.url === "/files.info")
          return {
            body: { ok: true, file: { id: "F0001", url_private_download: `http://${call.headers["host"]}/download/F0001` } },
          };
        return { body: { ok: true, ts: "1767225700.000100", channel: "C0001" } };
      },
      answers: { unauthorized: refusal("invalid_auth"), gone: refusal("channel_not_found") },
      isDownload,
    },
  },
  { describe, it },
);

function isDownload(call: HttpCall): boolean {
  return call.url.startsWith("/download/");
}

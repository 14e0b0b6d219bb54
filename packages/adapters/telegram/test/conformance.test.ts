import { adapterSuite, canaries, type Fixture, type HttpCall } from "@devflow/conformance";
import { describe, it } from "vitest";
import { telegram } from "../src/index.ts";
import { token } from "./support/api.ts";
import { ada, date, group, identity, message, us } from "./support/updates.ts";

const secrets = canaries({ BOT_TOKEN: token, WEBHOOK_SECRET: "canary-webhook-Zq7vK2xW9tB4nM6p" });
const header = "x-telegram-bot-api-secret-token";
const file = { file_id: "f1", file_unique_id: "u1", file_size: 5, file_path: "documents/a.pdf" };

let lastUpdate = 0;

function fixture(name: string, kinds: Fixture["kinds"], update: object, more: Partial<Fixture> = {}): Fixture {
  return { name, kinds, body: JSON.stringify({ update_id: ++lastUpdate, ...update }), ...more };
}

const changed = (before: string, after: string): object => ({
  chat: group,
  from: ada,
  date,
  old_chat_member: { user: { id: 5 }, status: before },
  new_chat_member: { user: { id: 5 }, status: after },
});
const emoji = (value: string): object => ({ type: "emoji", emoji: value });

const fixtures: readonly Fixture[] = [
  fixture("a text", ["message.created"], {
    message: message({
      text: "@rig_bot **hi**",
      entities: [{ type: "mention", offset: 0, length: 8 }],
      reply_to_message: message({ from: us }),
    }),
  }),
  fixture("a file", ["message.created"], { message: message({ caption: "look", document: file }) }),
  fixture("a photo of an album", ["message.created"], { message: message({ media_group_id: "g", photo: [file] }) }),
  fixture("a rich message", ["message.created"], {
    message: message({
      rich_message: {
        blocks: [
          { type: "heading", size: 1, text: "A" },
          { type: "table", cells: [[{ text: "x" }]] },
        ],
      },
    }),
  }),
  fixture("our own message", ["message.created"], { message: message({ from: us, text: "hi" }) }, { self: true }),
  fixture("a post in a channel", ["message.created"], {
    channel_post: { message_id: 3, date, chat: { id: -2002, type: "channel", title: "News" }, text: "x" },
  }),
  fixture("a message in a business chat", ["message.created"], {
    business_message: message({ business_connection_id: "conn", chat: { id: 42, type: "private" }, text: "x" }),
  }),
  fixture("an edit", ["message.edited"], { edited_message: message({ text: "better", edit_date: date + 1 }) }),
  fixture("deletions", ["message.deleted", "message.deleted"], {
    deleted_business_messages: { business_connection_id: "conn", chat: { id: 42, type: "private" }, message_ids: [1, 2] },
  }),
  fixture("reactions", ["reaction.removed", "reaction.added"], {
    message_reaction: { chat: group, message_id: 7, user: ada, date, old_reaction: [emoji("👍")], new_reaction: [emoji("🔥")] },
  }),
  fixture("a button", ["action.invoked"], {
    callback_query: { id: "q", from: ada, message: message({ from: us }), data: "~deploy~prod" },
  }),
  fixture("a command", ["command.invoked"], {
    message: message({ text: "/deploy@rig_bot prod", entities: [{ type: "bot_command", offset: 0, length: 15 }] }),
  }),
  fixture("a web app's form", ["form.submitted"], { message: message({ web_app_data: { data: "{}", button_text: "Order" } }) }),
  fixture("somebody came", ["member.joined"], { chat_member: changed("left", "member") }),
  fixture("somebody went", ["member.left"], { message: message({ left_chat_member: { id: 5, first_name: "Eve" } }) }),
  fixture("a service message", ["platform.event"], { message: message({ pinned_message: message() }) }),
  fixture("a thing of the future", ["platform.event"], { telepathy: { from: ada, date } }),
];

function respond({ url }: HttpCall): object {
  if (url.includes("/file/bot")) return { body: "bytes" };
  const method = url.split("/").at(-1);
  const chat = { id: -1001, type: "supergroup", title: "Workshop" };
  const results: Record<string, unknown> = {
    getMe: us,
    getFile: { ...file, file_size: undefined },
    getChat: chat,
    setMessageReaction: true,
    deleteMessage: true,
    sendChatAction: true,
    sendMessageDraft: true,
  };
  return { body: { ok: true, result: results[method ?? ""] ?? { message_id: 71, date, chat } } };
}

const refusal = (status: number, description: string, parameters?: object): { status: number; body: object } => ({
  status,
  body: { ok: false, error_code: status, description, ...(parameters && { parameters }) },
});

for (const [name, room] of [
  ["telegram in a group", "-1001"],
  ["telegram with a person", "42"],
] as const) {
  adapterSuite(
    {
      name,
      adapter: ({ apiUrl }) => telegram({ apiUrl }),
      entry: import.meta.resolve("../src/index.ts"),
      secrets,
      to: { platform: "telegram", account: "123456", room },
      identity,
      webhook: {
        proof: header,
        sign: (body) => ({ body, headers: { "content-type": "application/json", [header]: secrets.WEBHOOK_SECRET ?? "" } }),
      },
      fixtures,
      server: {
        respond,
        isDownload: ({ url }) => url.includes("/file/bot"),
        answers: {
          rateLimited: refusal(429, "Too Many Requests: retry after 7", { retry_after: 7 }),
          unauthorized: refusal(401, "Unauthorized"),
          gone: refusal(400, "Bad Request: chat not found"),
        },
      },
    },
    { describe, it },
  );
}

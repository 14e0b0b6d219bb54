import { adapterSuite, type Fixture, type HttpCall } from "@devflow/conformance";
import { describe, it } from "vitest";
import { discord } from "../src/index.ts";
import {
  ada,
  application,
  dispatched,
  guild,
  identity,
  idAt,
  interaction,
  message,
  room,
  secrets,
  signed,
  us,
} from "./support/index.ts";

const at = Date.UTC(2026, 0, 1);
let last = 0;

function over(name: string, kinds: Fixture["kinds"], t: string, d: object, more: Partial<Fixture> = {}): Fixture {
  return { name, kinds, delivery: dispatched(t, d, `session ${++last}`), ...more };
}

function http(name: string, kinds: Fixture["kinds"], type: number, data: object, rest: object = {}): Fixture {
  return { name, kinds, body: JSON.stringify(interaction(type, data, { id: idAt(at, ++last), ...rest })) };
}

const fresh = (rest: object = {}): object => message({ id: idAt(at, ++last), ...rest });
const file = {
  id: "1",
  filename: "a.txt",
  content_type: "text/plain",
  size: 5,
  url: "https://cdn.discordapp.com/attachments/1/2/a.txt?ex=1",
};
const reaction = { user_id: ada.id, channel_id: room.room, message_id: "600000000000000001", guild_id: guild };

const { guild_id: _, ...direct } = fresh() as Record<string, unknown>;

const fixtures: readonly Fixture[] = [
  over("a text", ["message.created"], "MESSAGE_CREATE", fresh({ content: `<@${us.id}> **hi** ||you||`, mentions: [us] })),
  over(
    "a reply with a file",
    ["message.created"],
    "MESSAGE_CREATE",
    fresh({
      type: 19,
      message_reference: { type: 0, message_id: "9", channel_id: room.room },
      referenced_message: message({ author: us }),
      sticker_items: [{ id: "7", name: "wave", format_type: 1 }],
      poll: { question: { text: "Tea?" }, answers: [{ poll_media: { text: "Yes" } }] },
    }),
  ),
  over("a file", ["message.created"], "MESSAGE_CREATE", fresh({ attachments: [file] })),
  over("a direct message", ["message.created"], "MESSAGE_CREATE", direct),
  over(
    "a card",
    ["message.created"],
    "MESSAGE_CREATE",
    fresh({
      content: "",
      embeds: [{ type: "rich", title: "T", description: "D", fields: [{ name: "a", value: "b" }] }],
    }),
  ),
  over("our own message", ["message.created"], "MESSAGE_CREATE", fresh({ author: us }), { self: true }),
  over("our own answer", ["message.created"], "MESSAGE_CREATE", fresh({ webhook_id: "5", application_id: application }), {
    self: true,
  }),
  over("an edit", ["message.edited"], "MESSAGE_UPDATE", fresh({ edited_timestamp: "2026-01-01T00:01:00.000000+00:00" })),
  over("a preview of a link", ["platform.event"], "MESSAGE_UPDATE", fresh({ edited_timestamp: null })),
  over("a deletion", ["message.deleted"], "MESSAGE_DELETE", { id: "61", channel_id: room.room, guild_id: guild }),
  over("deletions", ["message.deleted", "message.deleted"], "MESSAGE_DELETE_BULK", { ids: ["62", "63"], channel_id: room.room }),
  over("a reaction", ["reaction.added"], "MESSAGE_REACTION_ADD", { ...reaction, emoji: { id: null, name: "👍" } }),
  over("a reaction taken back", ["reaction.removed"], "MESSAGE_REACTION_REMOVE", {
    ...reaction,
    emoji: { id: "5", name: "blob" },
  }),
  over("somebody came", ["member.joined"], "GUILD_MEMBER_ADD", { guild_id: guild, user: ada, joined_at: "2026-01-01T00:00:00Z" }),
  over("somebody went", ["member.left"], "GUILD_MEMBER_REMOVE", { guild_id: guild, user: ada }),
  over("a thread", ["platform.event"], "THREAD_CREATE", { id: "77", type: 11, parent_id: room.room, guild_id: guild }),
  over("a thing of the future", ["platform.event"], "TELEPATHY", { user_id: ada.id }),
  http("a command", ["command.invoked"], 2, {
    id: "1",
    name: "deploy",
    type: 1,
    options: [{ name: "args", type: 3, value: "now" }],
  }),
  http("a button", ["action.invoked"], 3, { custom_id: "~.~go~1", component_type: 2 }, { message: message({ author: us }) }),
  http("a menu", ["action.invoked"], 3, { custom_id: "pick", component_type: 3, values: ["a", "b"] }, { message: message() }),
  http("a form", ["form.submitted"], 5, {
    custom_id: "~.~feedback~state",
    components: [{ type: 18, component: { type: 4, custom_id: "note", value: "fine" } }],
  }),
  {
    name: "an installation",
    kinds: ["platform.event"],
    body: JSON.stringify({
      version: 1,
      application_id: application,
      type: 1,
      event: { type: "APPLICATION_AUTHORIZED", timestamp: "2026-01-01T00:00:00", data: { user: ada } },
    }),
  },
];

/** No test reaches Discord's own hosts, so the address of a file is renewed to one of this server. */
function respond({ url, method, headers }: HttpCall): object {
  if (url.includes("/attachments/refresh-urls")) {
    return { body: { refreshed_urls: [{ refreshed: `http://${String(headers["host"])}/file/a.txt` }] } };
  }
  if (url.includes("/file/")) return { body: "bytes" };
  if (url.endsWith("/users/@me")) return { body: us };
  if (method === "GET") return { body: { id: room.room, type: 0, name: "workshop", guild_id: guild } };
  return { body: { id: "600000000000000071", channel_id: room.room } };
}

const refusal = (status: number, code: number, said: string, rest: object = {}): object => ({
  status,
  body: { code, message: said, ...rest },
});

adapterSuite(
  {
    name: "discord",
    adapter: ({ apiUrl }) => discord({ apiUrl }),
    entry: import.meta.resolve("../src/index.ts"),
    secrets,
    to: room,
    identity,
    webhook: { proof: "x-signature-ed25519", sign: signed, toleranceMs: 300_000 },
    fixtures,
    server: {
      respond,
      isDownload: ({ url }) => url.includes("/file/"),
      answers: {
        rateLimited: { status: 429, headers: { "retry-after": "7" }, body: { message: "slow", retry_after: 7, global: false } },
        unauthorized: refusal(401, 0, "401: Unauthorized"),
        gone: refusal(404, 10_003, "Unknown Channel"),
      },
    },
  },
  { describe, it },
);

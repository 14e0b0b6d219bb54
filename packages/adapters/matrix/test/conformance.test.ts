import { adapterSuite, canaries, type Fixture, type HttpAnswer, type HttpCall } from "@devflow/conformance";
import { describe, it } from "vitest";
import { matrix } from "../src/index.ts";
import { account, delivered, event, relation, room, text } from "./support/events.ts";

const secrets = canaries({ BOT_TOKEN: "syt_canary_Zq7vK2xW9tB4nM6p" });
const fixture = (name: string, kinds: Fixture["kinds"], raw: object, facts: object = {}, self = false): Fixture => ({
  name,
  kinds,
  self,
  delivery: delivered(raw, facts),
});
const media = { url: "mxc://example.org/abc", info: { mimetype: "text/plain", size: 5 } };

const fixtures: readonly Fixture[] = [
  fixture("a text", ["message.created"], text("hello", { "m.mentions": { user_ids: [account] } })),
  fixture(
    "a styled text in a thread",
    ["message.created"],
    text("**hi**", {
      format: "org.matrix.custom.html",
      formatted_body: "<p><b>hi</b></p><ul><li>a</li></ul>",
      ...relation("m.thread"),
    }),
    { title: "Ops" },
  ),
  fixture("a direct message", ["message.created"], text("hello"), { direct: true }),
  fixture("a file", ["message.created"], event("m.room.message", { msgtype: "m.file", body: "a.txt", ...media })),
  fixture("a sticker", ["message.created"], event("m.sticker", { body: "cat", ...media })),
  fixture(
    "a place",
    ["message.created"],
    event("m.room.message", { msgtype: "m.location", body: "here", geo_uri: "geo:52.5,13.4" }),
  ),
  fixture("a message of the future", ["message.created"], event("m.room.message", { msgtype: "m.hologram", body: "help me" })),
  fixture(
    "a message of our own",
    ["message.created"],
    event("m.room.message", { msgtype: "m.text", body: "hi" }, { sender: account }),
    {},
    true,
  ),
  fixture(
    "an edit",
    ["message.edited"],
    text("* b", { "m.new_content": { msgtype: "m.text", body: "b" }, ...relation("m.replace") }),
  ),
  fixture(
    "an edit of ours by somebody else",
    ["platform.event"],
    text("* b", { "m.new_content": { body: "b" }, ...relation("m.replace") }),
    { ours: true },
  ),
  fixture("a command", ["command.invoked"], text("!deploy prod")),
  fixture("a reaction", ["reaction.added"], event("m.reaction", relation("m.annotation", { key: "👍" }))),
  fixture("a reaction taken back", ["reaction.removed"], event("m.room.redaction", { redacts: "$target" }), {
    reaction: { messageId: "$m", emoji: "👍" },
  }),
  fixture("a deletion in an old room", ["message.deleted"], event("m.room.redaction", {}, { redacts: "$target" })),
  fixture(
    "somebody comes",
    ["member.joined"],
    event("m.room.member", { membership: "join", displayname: "Eve" }, { state_key: "@eve:example.org" }),
  ),
  fixture(
    "somebody is removed",
    ["member.left"],
    event(
      "m.room.member",
      { membership: "ban" },
      { state_key: "@eve:example.org", unsigned: { prev_content: { membership: "join" } } },
    ),
  ),
  fixture("a new name", ["platform.event"], event("m.room.name", { name: "Ops" }, { state_key: "" })),
  fixture("an encrypted message", ["platform.event"], event("m.room.encrypted", { algorithm: "m.megolm.v1.aes-sha2" })),
  fixture("a mark of a reader", ["receipt.updated"], {
    type: "m.receipt",
    room_id: room,
    sender: "@ada:example.org",
    content: { event_id: "$m" },
  }),
];

function respond({ method, url }: HttpCall): HttpAnswer {
  if (url.includes("/media/download/")) return { body: "bytes" };
  if (url.includes("/whoami")) return { body: { user_id: account } };
  if (url.includes("/state/m.room.encryption"))
    return { status: 404, body: { errcode: "M_NOT_FOUND", error: "Event not found." } };
  if (url.includes("/relations/"))
    return { body: { chunk: [{ event_id: "$r", sender: account, content: { "m.relates_to": { key: "own_emoji" } } }] } };
  return { body: method === "PUT" ? { event_id: "$made" } : {} };
}

const refused = (status: number, errcode: string, error: string): HttpAnswer => ({ status, body: { errcode, error } });

adapterSuite(
  {
    name: "matrix",
    adapter: ({ apiUrl }) => matrix({ apiUrl, userId: account }),
    entry: import.meta.resolve("../src/index.ts"),
    secrets,
    to: { platform: "matrix", account, room, thread: "$root" },
    identity: { user: { id: account, kind: "bot", self: true } },
    fixtures,
    server: {
      respond,
      isDownload: ({ url }) => url.includes("/media/download/"),
      answers: {
        rateLimited: {
          status: 429,
          headers: { "retry-after": "7" },
          body: { errcode: "M_LIMIT_EXCEEDED", error: "Too Many Requests", retry_after_ms: 6500 },
        },
        unauthorized: refused(401, "M_UNKNOWN_TOKEN", "Invalid access token passed."),
        gone: refused(403, "M_FORBIDDEN", "User @rig:example.org not in room !room:example.org"),
      },
    },
  },
  { describe, it },
);

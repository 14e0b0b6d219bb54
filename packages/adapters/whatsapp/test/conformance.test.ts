import { adapterSuite, canaries, type Fixture, type HttpCall } from "@devflow/conformance";
import type { JsonObject } from "@devflow/gateway/kit";
import { describe, it } from "vitest";
import { whatsapp } from "../src/index.ts";
import { account, ada, change, display, envelope, groupId, incoming, scoped, signature, status } from "./support/index.ts";

const secrets = canaries({
  ACCESS_TOKEN: "EAAcanaryZq7vK2xW9tB4nM6pL8sD1fG3hJ5kQ",
  APP_SECRET: "canary-app-secret-Zq7vK2xW9tB4",
  VERIFY_TOKEN: "canary-verify-token-Zq7vK2xW9tB4",
});
const header = "x-hub-signature-256";
let serial = 0;

function fixture(name: string, kinds: Fixture["kinds"], message: JsonObject, more: Partial<Fixture> = {}): Fixture {
  const body = envelope(incoming({ id: `wamid.${++serial}`, ...message }));
  return { name, kinds, body, ...more };
}
const other = (name: string, kinds: Fixture["kinds"], one: JsonObject, more: Partial<Fixture> = {}): Fixture => ({
  name,
  kinds,
  body: envelope(one),
  ...more,
});
const file = { id: "870021456", mime_type: "image/jpeg", sha256: "x" };
const reply = { context: { id: "wamid.q", from: display } };
const group = (fields: JsonObject): JsonObject =>
  change({ groups: [{ group_id: groupId, timestamp: "1750269342", ...fields }] }, "group_participants_update");

const fixtures: readonly Fixture[] = [
  fixture("a text", ["message.created"], { type: "text", text: { body: "*hi* ünï" }, ...reply }),
  fixture("a text of somebody without a number", ["message.created"], {
    type: "text",
    text: { body: "hi" },
    from: undefined,
    from_user_id: scoped,
  }),
  fixture("a text in a group", ["message.created"], { type: "text", text: { body: "hi" }, group_id: groupId }),
  fixture("an image", ["message.created"], { type: "image", image: { ...file, caption: "look" } }),
  fixture("a voice message", ["message.created"], { type: "audio", audio: { ...file, voice: true } }),
  fixture("our own message", ["message.created"], { type: "text", text: { body: "hi" }, from: display }, { self: true }),
  other(
    "a message from the phone's app",
    ["message.created"],
    change(
      { message_echoes: [{ from: display, to: ada, id: "wamid.e", timestamp: "1767225600", type: "text", text: { body: "x" } }] },
      "smb_message_echoes",
    ),
    { self: true },
  ),
  fixture("an edit", ["message.edited"], {
    type: "edit",
    edit: { original_message_id: "wamid.o", message: { type: "text", text: { body: "y" } } },
  }),
  fixture("a deletion", ["message.deleted"], { type: "revoke", revoke: { original_message_id: "wamid.o" } }),
  fixture("a reaction", ["reaction.added"], { type: "reaction", reaction: { message_id: "wamid.o", emoji: "👍" } }),
  fixture("a reaction taken back", ["reaction.removed"], { type: "reaction", reaction: { message_id: "wamid.o" } }),
  fixture("a button", ["action.invoked"], {
    type: "interactive",
    interactive: { type: "button_reply", button_reply: { id: "~go~1", title: "Go" } },
    ...reply,
  }),
  fixture("a flow", ["form.submitted"], {
    type: "interactive",
    interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", response_json: '{"flow_token":"t","a":"b"}' } },
  }),
  fixture("a command", ["command.invoked"], { type: "text", text: { body: "/deploy prod" } }),
  fixture("an order", ["platform.event"], { type: "order", order: { catalog_id: "1", product_items: [] } }),
  fixture("a thing of the future", ["platform.event"], { type: "telepathy", telepathy: {} }),
  other("a status", ["receipt.updated"], status({ biz_opaque_callback_data: "df0:op" })),
  other(
    "arrivals and departures",
    ["member.joined", "member.left"],
    group({ added_participants: [{ wa_id: ada }], removed_participants: [{ user_id: scoped }] }),
  ),
  other("news of a template", ["platform.event"], { field: "message_template_status_update", value: { event: "APPROVED" } }),
];

function respond({ url }: HttpCall): object {
  if (url.startsWith("/download")) return { body: "bytes" };
  if (url.includes("fields=")) return { body: { id: account, verified_name: "Shop", display_phone_number: "+1 555-078-3881" } };
  return { body: { messaging_product: "whatsapp", messages: [{ id: "wamid.out" }] } };
}

for (const [name, room] of [
  ["whatsapp with a person", ada],
  ["whatsapp with a business-scoped id", scoped],
  ["whatsapp in a group", groupId],
] as const) {
  adapterSuite(
    {
      name,
      adapter: ({ apiUrl }) => {
        const adapter = whatsapp({ apiUrl });
        return adapter;
      },
      entry: import.meta.resolve("../src/index.ts"),
      secrets,
      to: { platform: "whatsapp", account, room },
      webhook: {
        proof: header,
        sign: (body) => ({
          body,
          headers: { "content-type": "application/json", [header]: signature(body, secrets.APP_SECRET) },
        }),
      },
      fixtures,
      server: {
        respond: (call) =>
          call.url.includes("/870021456?")
            ? { body: { url: `http://${call.headers.host}/download/1`, mime_type: "image/jpeg" } }
            : respond(call),
        isDownload: ({ url }) => url.startsWith("/download"),
      },
    },
    { describe, it },
  );
}

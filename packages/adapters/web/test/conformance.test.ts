import { adapterSuite, canaries } from "@devflow/conformance";
import type { Delivery } from "@devflow/gateway/contract";
import { describe, it } from "vitest";
import { web, type WebInput } from "../src/index.ts";

const room = "0123456789abcdef0123456789abcdef";
const at = Date.UTC(2026, 0, 1);

function delivery(input: WebInput): Delivery {
  const body = JSON.stringify(input);
  const lane = `web/site/${room}`;
  return { id: `${room}/${input.id}`, account: "site", lane, via: input.kind, body, payload: JSON.parse(body), receivedAt: at };
}

const base = { room, at };

adapterSuite(
  {
    name: "web",
    adapter: () => web(),
    entry: import.meta.resolve("../src/index.ts"),
    secrets: canaries(),
    to: { platform: "web", account: "site", room },
    fixtures: [
      {
        name: "text",
        delivery: delivery({
          ...base,
          kind: "message",
          id: "text-0000000000000",
          text: "Good **morning**\nall",
          attachments: [],
        }),
        kinds: ["message.created"],
      },
      {
        name: "file, in answer to a message",
        delivery: delivery({
          ...base,
          kind: "message",
          id: "file-0000000000000",
          text: "",
          replyTo: "b7",
          attachments: [{ kind: "image", source: { type: "stored", key: "k" }, name: "a.png", mediaType: "image/png", bytes: 3 }],
        }),
        kinds: ["message.created"],
      },
      {
        name: "slash command",
        delivery: delivery({ ...base, kind: "message", id: "slash-000000000000", text: "/deploy  api now ", attachments: [] }),
        kinds: ["command.invoked"],
      },
      {
        name: "button",
        delivery: delivery({ ...base, kind: "action", id: "button-00000000000", action: "ok", value: "v", messageId: "b3" }),
        kinds: ["action.invoked"],
      },
      {
        name: "select",
        delivery: delivery({
          ...base,
          kind: "action",
          id: "select-00000000000",
          action: "s",
          values: ["a", "b"],
          messageId: "b3",
        }),
        kinds: ["action.invoked"],
      },
      {
        name: "form",
        delivery: delivery({
          ...base,
          kind: "form",
          id: "form-0000000000000",
          form: "f",
          values: { a: "x", b: null },
          state: "s",
        }),
        kinds: ["form.submitted"],
      },
      { name: "first look", delivery: delivery({ ...base, kind: "join", id: "join" }), kinds: ["member.joined"] },
      {
        name: "unknown thing",
        delivery: {
          ...delivery({ ...base, kind: "join", id: "later" }),
          via: "wave",
          payload: { room, kind: "wave" },
          body: JSON.stringify({ room, kind: "wave" }),
        },
        kinds: ["platform.event"],
      },
    ],
    except: { "A-38": "the page hands over what people do; what the gateway did never comes back" },
  },
  { describe, it },
);

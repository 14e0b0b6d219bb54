import type { Content, Delivery, Event, Normalizer } from "@devflow/gateway/contract";
import { addressKey, isObject } from "@devflow/gateway/kit";
import { account, type WebInput } from "./wire.ts";

/** Reads what pages sent. */
export const normalizer: Normalizer = {
  needsIdentity: false,
  normalize: (deliveries) => deliveries.map(read),
};

/** The lane of a room: one conversation, one order. */
export function laneOf(room: string): string {
  return addressKey({ platform: "web", account, room });
}

/** The address of a room, as conversations carry it. */
function addressOf(room: string): { platform: "web"; account: string; room: string } {
  return { platform: "web", account, room };
}

function read(delivery: Delivery): Event {
  const { payload } = delivery;
  const room = isObject(payload) && typeof payload["room"] === "string" ? payload["room"] : "";
  const envelope: Shared = {
    id: `web:${delivery.id}`,
    platform: "web",
    account: delivery.account,
    at: delivery.receivedAt,
    conversation: { address: { ...addressOf(room), account: delivery.account }, kind: "direct" },
    actor: { id: room, kind: room === "" ? "unknown" : "person", self: false },
    raw: payload,
  };
  if (room !== "" && isInput(payload)) return eventOf(envelope, payload);
  return { ...envelope, kind: "platform.event", type: delivery.via };
}

type Shared = Omit<Event<"platform.event">, "kind" | "type">;

function eventOf(envelope: Shared, input: WebInput): Event {
  switch (input.kind) {
    case "message":
      return message(envelope, input);
    case "join":
      return { ...envelope, kind: "member.joined", member: envelope.actor };
    case "action": {
      const { action, value, values, messageId, id } = input;
      const chosen = { ...(value === undefined ? {} : { value }), ...(values === undefined ? {} : { values }) };
      return { ...envelope, kind: "action.invoked", action, messageId, trigger: id, ...chosen };
    }
    case "form": {
      const { form, values, state } = input;
      return { ...envelope, kind: "form.submitted", form, values, ...(state === undefined ? {} : { state }) };
    }
    case "options": {
      const { field, query, form } = input;
      return { ...envelope, kind: "options.requested", field, query, ...(form === undefined ? {} : { form }) };
    }
  }
}

const command = /^\/([A-Za-z0-9_-]{1,64})(?:\s+([\s\S]*))?$/;

function message(envelope: Shared, input: WebInput & { kind: "message" }): Event {
  const { id, text, attachments, at, replyTo } = input;
  const called = attachments.length === 0 ? command.exec(text.trim()) : null;
  if (called !== null) {
    const [, name = "", args = ""] = called;
    return { ...envelope, kind: "command.invoked", command: name, args: args.trim(), messageId: id, trigger: id };
  }
  return {
    ...envelope,
    kind: "message.created",
    message: {
      id,
      author: envelope.actor,
      text,
      content: contentOf(text),
      attachments,
      addressed: true,
      sentAt: at,
      ...(replyTo === undefined ? {} : { replyTo: { id: replyTo } }),
    },
  };
}

/** What a person typed, as a tree: the page's input takes plain text, so nothing in it is markup. */
export function contentOf(text: string): Content {
  return text === "" ? [] : [{ type: "paragraph", children: [{ type: "text", value: text }] }];
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === "string";
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** We wrote the payload ourselves, but perhaps another version of us did. */
const shapes: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  message: {
    text: isText,
    attachments: (value) => Array.isArray(value) && value.every((one) => isObject(one) && isText(one["kind"])),
    replyTo: maybe(isText),
  },
  join: {},
  action: { action: isText, messageId: isText, value: maybe(isText), values: maybe(isTexts) },
  form: {
    form: isText,
    values: (value) => isObject(value) && Object.values(value).every((one) => one === null || isText(one) || isTexts(one)),
    state: maybe(isText),
  },
  options: { field: isText, query: isText, form: maybe(isText) },
};

function isInput(payload: unknown): payload is WebInput {
  if (!isObject(payload) || !isText(payload["id"]) || typeof payload["at"] !== "number") return false;
  const { kind } = payload;
  if (typeof kind !== "string" || !Object.hasOwn(shapes, kind)) return false;
  return Object.entries(shapes[kind] ?? {}).every(([name, check]) => check(payload[name]));
}

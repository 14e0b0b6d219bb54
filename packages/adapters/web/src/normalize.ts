import type { Content, Delivery, Event, Normalizer, User } from "@devflow/gateway/contract";
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
export function addressOf(room: string): { platform: "web"; account: string; room: string } {
  return { platform: "web", account, room };
}

function read(delivery: Delivery): Event {
  const input = delivery.payload as WebInput;
  const room = isObject(delivery.payload) && typeof input.room === "string" ? input.room : "";
  const envelope = {
    id: delivery.id,
    platform: "web",
    account: delivery.account,
    at: delivery.receivedAt,
    conversation: { address: { ...addressOf(room), account: delivery.account }, kind: "direct" as const },
    actor: { id: room, kind: room === "" ? "unknown" : "person", self: false } satisfies User,
    raw: delivery.payload,
  };
  switch (room === "" ? undefined : input.kind) {
    case "message":
      return message(envelope, input as WebInput & { kind: "message" });
    case "join":
      return { ...envelope, kind: "member.joined", member: envelope.actor };
    case "action": {
      const { action, value, values, messageId, id } = input as WebInput & { kind: "action" };
      return {
        ...envelope,
        kind: "action.invoked",
        action,
        messageId,
        trigger: id,
        ...(value === undefined ? {} : { value }),
        ...(values === undefined ? {} : { values }),
      };
    }
    case "form": {
      const { form, values, state } = input as WebInput & { kind: "form" };
      return { ...envelope, kind: "form.submitted", form, values, ...(state === undefined ? {} : { state }) };
    }
    case "options": {
      const { field, query, form } = input as WebInput & { kind: "options" };
      return { ...envelope, kind: "options.requested", field, query, ...(form === undefined ? {} : { form }) };
    }
    default:
      return { ...envelope, kind: "platform.event", type: delivery.via };
  }
}

type Shared = Omit<Event<"platform.event">, "kind" | "type">;

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

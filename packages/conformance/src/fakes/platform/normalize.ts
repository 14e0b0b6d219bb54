import type {
  Content,
  Delivery,
  Event,
  EventKind,
  EventMap,
  Identity,
  Message,
  Normalizer,
  User,
} from "@devflow/gateway/contract";
import { isObject, lazy } from "@devflow/gateway/kit";
import type { FakePayload } from "./payload.ts";

/** Id of the user that the gateway is on the fake platform. */
export const botId = "bot";

/** The normalizer of a fake platform. */
export function fakeNormalizer(platform: string, needsIdentity: boolean): Normalizer {
  return {
    needsIdentity,
    normalize(deliveries, identity) {
      const first = deliveries[0];
      if (!first) return [];
      const payloads = deliveries.map(({ payload }) => (isObject(payload) ? (payload as FakePayload) : {}));
      const head = payloads.length > 1 ? album(payloads) : (payloads[0] ?? {});
      return [head, ...(Array.isArray(head.also) ? head.also : [])]
        .filter(isObject)
        .map((payload, index) => toEvent(platform, first, payload as FakePayload, index, identity));
    },
  };
}

/** Parts of a group read as one message: texts joined, attachments gathered. */
function album(parts: readonly FakePayload[]): FakePayload {
  const texts = parts.map((part) => text(part.text, "")).filter((one) => one !== "");
  return { ...parts[0], text: texts.join("\n"), attachments: parts.flatMap((part) => list(part.attachments)) };
}

function toEvent(
  platform: string,
  delivery: Delivery,
  payload: FakePayload,
  index: number,
  identity: Identity | undefined,
): Event {
  const { account } = delivery;
  const room = text(payload.room, "general");
  const actor = toUser(payload, identity);
  const [kind, fields] = toKind(payload, delivery, actor, room);
  return {
    id: `${platform}:${delivery.id}${index === 0 ? "" : `#${index}`}`,
    kind,
    platform,
    account,
    at: typeof payload.at === "number" ? payload.at : delivery.receivedAt,
    conversation: {
      address: { platform, account, room, ...(typeof payload.thread === "string" && { thread: payload.thread }) },
      kind: room.startsWith("dm-") ? "direct" : "channel",
      title: room,
    },
    actor,
    raw: payload,
    ...fields,
  } as Event;
}

function toUser({ user }: FakePayload, identity: Identity | undefined): User {
  const known = isObject(user) ? user : { id: "ada", name: "Ada" };
  const id = text(known.id, "");
  const self = id === (identity?.user.id ?? botId);
  return {
    id,
    kind: self || known.bot === true ? "bot" : "person",
    self,
    ...(typeof known.name === "string" && { name: known.name }),
  };
}

function toKind(payload: FakePayload, delivery: Delivery, actor: User, room: string): readonly [EventKind, EventMap[EventKind]] {
  const messageId = text(payload.messageId, delivery.id);
  const trigger = typeof payload.trigger === "string" ? { trigger: payload.trigger } : {};
  switch (payload.type) {
    case undefined:
    case "message.created":
    case "message.edited":
      return [payload.type ?? "message.created", { message: toMessage(payload, delivery, actor, room, messageId) }];
    case "message.deleted":
      return ["message.deleted", { messageId }];
    case "reaction.added":
    case "reaction.removed":
      return [payload.type, { messageId, emoji: text(payload.emoji, "👍") }];
    case "action.invoked":
      return [
        "action.invoked",
        {
          action: text(payload.action, ""),
          messageId,
          ...trigger,
          ...(typeof payload.value === "string" && { value: payload.value }),
        },
      ];
    case "command.invoked":
      return ["command.invoked", { command: text(payload.command, ""), args: text(payload.args, ""), ...trigger }];
    case "form.submitted":
      return [
        "form.submitted",
        {
          form: text(payload.form, ""),
          values: isObject(payload.values) ? payload.values : {},
          ...(typeof payload.state === "string" && { state: payload.state }),
        },
      ];
    case "options.requested":
      return ["options.requested", { field: text(payload.field, ""), query: text(payload.query, "") }];
    case "member.joined":
    case "member.left":
      return [payload.type, { member: actor }];
    case "receipt.updated":
      return ["receipt.updated", { messageId, status: payload.status ?? "delivered" }];
    case "account.revoked":
      return ["account.revoked", { reason: text(payload.reason, "removed") }];
    default:
      return ["platform.event", { type: text(payload.type, "unknown") }];
  }
}

function toMessage(payload: FakePayload, delivery: Delivery, author: User, room: string, id: string): Message {
  const value = text(payload.text, "");
  const known = {
    id,
    author,
    text: value,
    attachments: list(payload.attachments),
    addressed: payload.addressed === true || room.startsWith("dm-") || /(^|\s)@bot\b/.test(value),
    sentAt: typeof payload.at === "number" ? payload.at : delivery.receivedAt,
    ...(typeof payload.replyTo === "string" && { replyTo: { id: payload.replyTo } }),
  };
  const content = (): Content => (value === "" ? [] : [{ type: "paragraph", children: [{ type: "text", value }] }]);
  return lazy(known, { content });
}

function text(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}

import type {
  Attachment,
  Delivery,
  Event,
  EventKind,
  EventMap,
  Identity,
  Message,
  Normalizer,
  User,
} from "@devflow/gateway/contract";
import { parseMarkdown, plainText } from "@devflow/gateway/kit";
import { readPayload, type ToyFile, type ToyPayload } from "./wire.ts";

/** Reads Toy's payloads. */
export const normalizer: Normalizer = {
  needsIdentity: true,
  normalize: (deliveries, identity) => deliveries.map((delivery) => toEvent(delivery, identity)),
};

function toEvent(delivery: Delivery, identity: Identity | undefined): Event {
  const payload = readPayload(delivery.payload, delivery.receivedAt);
  const { at, room, by } = payload;
  const actor: User = { id: by.id, kind: by.robot ? "bot" : "person", self: by.id === identity?.user.id, name: by.name };
  const [kind, fields] = toKind(payload, actor, identity);
  return {
    id: `toy:${delivery.id}`,
    kind,
    platform: "toy",
    account: delivery.account,
    at,
    conversation: {
      address: { platform: "toy", account: delivery.account, room: room.id || "unknown" },
      kind: room.private ? "direct" : "channel",
      title: room.name,
    },
    actor,
    raw: delivery.payload,
    ...fields,
  } as Event;
}

function toKind(payload: ToyPayload, actor: User, identity: Identity | undefined): readonly [EventKind, EventMap[EventKind]] {
  const messageId = payload.note.id;
  switch (messageId && payload.type) {
    case "said":
      return ["message.created", { message: toMessage(payload, actor, identity) }];
    case "changed":
      return ["message.edited", { message: toMessage(payload, actor, identity) }];
    case "removed":
      return ["message.deleted", { messageId }];
    case "cheered":
      return ["reaction.added", { messageId, emoji: payload.cheer }];
    case "pressed":
      return ["action.invoked", { action: payload.button.id, value: payload.button.value, messageId }];
    default:
      return ["platform.event", { type: payload.type || "unknown" }];
  }
}

function toMessage({ note, room, at }: ToyPayload, author: User, identity: Identity | undefined): Message {
  const handle = identity?.user.handle;
  return {
    id: note.id,
    author,
    text: plainText(parseMarkdown(note.text)),
    get content() {
      return parseMarkdown(note.text);
    },
    attachments: note.files.map(toAttachment),
    addressed: room.private || (handle !== undefined && note.text.split(/[^\w@-]+/).includes(`@${handle}`)),
    sentAt: at,
    ...(note.answers && { replyTo: { id: note.answers } }),
  };
}

function toAttachment({ id, name, type, size }: ToyFile): Attachment {
  return { kind: "file", source: { type: "remote", handle: id }, name, mediaType: type, bytes: size };
}

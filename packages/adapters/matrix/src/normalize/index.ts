import type { Conversation, Delivery, Event, Normalizer } from "@devflow/gateway/contract";
import type { Settings } from "../options.ts";
import { addressOf, eventId, matrixTo, number, object, relationOf, string, type Facts } from "../wire/index.ts";
import { factOf, userOf } from "./facts.ts";

export { receiptsIn, reception, type Received, type Reception } from "./reception.ts";

/** Reads payloads. Everything an event does not say itself was looked up when it was received. */
export function normalizer({ commandPrefix = "!" }: Settings): Normalizer {
  return {
    needsIdentity: false,
    normalize: (deliveries) =>
      deliveries.flatMap((delivery, index) => eventsOf(delivery, index, deliveries[0]?.id ?? delivery.id, commandPrefix)),
  };
}

function eventsOf({ account, payload, receivedAt }: Delivery, index: number, first: string, prefix: string): readonly Event[] {
  const { event, facts: looked } = object(payload);
  const raw = object(event);
  const type = string(raw.type) ?? "unknown";
  const content = object(raw.content);
  const facts = readFacts(looked);
  const author = userOf(string(raw.sender) ?? "", account, content);
  const at = timeOf(raw.origin_server_ts, receivedAt);
  const fact = factOf(raw, { account, author, facts, type, at }, prefix);
  const thread = relationOf(content).thread ?? facts.thread;
  const room = string(raw.room_id) || account;
  const made = {
    ...fact,
    id: `matrix:${first}${index === 0 ? "" : `#${index}`}`,
    platform: "matrix",
    account,
    at,
    conversation: conversationOf(account, room, thread, facts),
    actor: author,
    raw: event ?? null,
  };
  return [made];
}

/** The payload comes back from a store, where anything could be. */
function readFacts(value: unknown): Facts {
  const { direct, title, thread, ours, reaction } = object(value);
  const { messageId, emoji } = object(reaction);
  const known = eventId(messageId);
  return {
    ...(direct === true ? { direct } : {}),
    ...(typeof title === "string" ? { title } : {}),
    ...(eventId(thread) === undefined ? {} : { thread: String(thread) }),
    ...(ours === true ? { ours } : {}),
    ...(known !== undefined && typeof emoji === "string" ? { reaction: { messageId: known, emoji } } : {}),
  };
}

function conversationOf(account: string, room: string, thread: string | undefined, { direct, title }: Facts): Conversation {
  return {
    address: addressOf(account, room, thread),
    kind: direct === true ? "direct" : "group",
    ...(title === undefined ? {} : { title }),
    url: thread === undefined ? matrixTo(room) : matrixTo(room, thread),
  };
}

const earliest = Date.UTC(2010, 0, 1);

/** Time by the sender's server, which may say anything: neither before Matrix nor after the event was here. */
function timeOf(value: unknown, receivedAt: number): number {
  const at = number(value);
  return at === undefined || at < earliest || at > receivedAt + 60_000 ? receivedAt : at;
}

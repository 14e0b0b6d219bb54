import type { Conversation, Delivery, Event, Normalizer } from "@devflow/gateway/contract";
import { fromCloudEvent, isObject } from "@devflow/gateway/kit";
import { aboutOf, placeOf } from "./wire.ts";

/**
 * A CloudEvent of one of our types is the event that it tells of; everything else is a `platform.event`. What an event says of
 * its conversation and actor is told on, but it happens here: at an address of this source, by somebody who is not us. Whoever
 * has the secret of a webhook can so not make the gateway speak in a room of another platform, or in another's session.
 */
export function normalizer(platform: string): Normalizer {
  return { needsIdentity: false, normalize: (deliveries) => deliveries.map((one) => toEvent(platform, one)) };
}

function toEvent(platform: string, { id, account, via, payload, receivedAt }: Delivery): Event {
  const address = placeOf(payload, platform, account);
  const envelope = { id: `${platform}:${id}`, platform, account };
  const told = via === "cloudevent" ? fromCloudEvent(payload, receivedAt) : undefined;
  if (told) {
    const conversation: Conversation = { ...told.conversation, address };
    return { ...told, ...envelope, conversation, actor: { ...told.actor, self: false } };
  }
  return {
    ...envelope,
    kind: "platform.event",
    at: receivedAt,
    conversation: { address, kind: "channel" },
    actor: { id: "", kind: "unknown", self: false },
    raw: via === "cloudevent" ? payload : isObject(payload) ? payload["data"] : undefined,
    type: aboutOf(payload).type,
  };
}

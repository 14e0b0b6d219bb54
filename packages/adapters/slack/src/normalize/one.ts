import type { Delivery, Event, Identity } from "@devflow/gateway/contract";
import { record } from "../wire/index.ts";
import { readEvent, type Origins } from "./event.ts";
import { readCommand, readInteraction } from "./interaction.ts";

/** Reads one delivery. */
export function normalizeOne(delivery: Delivery, identity: Identity | undefined, replyInThread: boolean): readonly Event[] {
  const { account, receivedAt } = delivery;
  const payload = record(delivery.payload);
  const origins: Origins = { id: `slack:${delivery.id}`, account, receivedAt, identity, replyInThread };
  if (delivery.via === "command") return readCommand(payload, origins);
  return delivery.via === "interaction" ? readInteraction(payload, origins) : readEvent(payload, origins);
}

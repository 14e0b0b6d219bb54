import type { Delivery, Event, Identity } from "@devflow/gateway/contract";
import { id, object, text, timeOf, timeOfId } from "../wire/index.ts";
import { factsOf } from "./facts.ts";
import { actorOf, selfOf } from "./people.ts";
import { addressOf, conversationOf } from "./place.ts";

/** What one delivery says happened. */
export function eventsOf(
  { id: delivery, account, payload, receivedAt }: Delivery,
  identity: Identity | undefined,
): readonly Event[] {
  const dispatch = object(payload);
  const name = text(dispatch["t"]) ?? "unknown";
  const data = object(dispatch["d"]);
  const self = selfOf(account, identity);
  const at = timeIn(name, data) ?? receivedAt;
  const conversation = conversationOf(addressOf(name, data, account), data);
  const actor = actorOf(data, self);
  return factsOf(name, data, self).map((fact, index) => ({
    id: `discord:${delivery}${index === 0 ? "" : `#${index}`}`,
    platform: "discord",
    account,
    at,
    conversation,
    actor,
    raw: dispatch,
    ...fact,
  }));
}

function timeIn(name: string, data: Readonly<Record<string, unknown>>): number | undefined {
  if (name === "MESSAGE_UPDATE") return timeOf(data["edited_timestamp"]);
  const told = timeOf(data["timestamp"]) ?? timeOf(data["joined_at"]);
  if (told !== undefined) return told;
  const known = name === "INTERACTION_CREATE" ? id(data["id"]) : undefined;
  return known === undefined ? undefined : timeOfId(known);
}

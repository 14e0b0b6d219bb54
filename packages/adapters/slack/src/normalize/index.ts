import type { Delivery, Normalizer } from "@devflow/gateway/contract";
import type { Settings } from "../options.ts";
import { record } from "../wire/index.ts";
import { normalizeOne } from "./one.ts";
import { installersOf } from "./person.ts";

export { readMessage } from "./message.ts";
export { selfOf } from "./person.ts";
export { roomKind } from "./place.ts";
export { readArrival, type Arrival } from "./reception.ts";

/**
 * Turns Slack's payloads into events. An envelope names our app, and our bot user unless it names the installation of a person
 * instead: then Slack has to be asked who we are.
 */
export function createNormalizer({ replyInThread }: Pick<Settings, "replyInThread">): Normalizer {
  return {
    needsIdentity: (deliveries) => deliveries.some(isSilent),
    normalize: (deliveries, identity) => deliveries.flatMap((delivery) => normalizeOne(delivery, identity, replyInThread)),
  };
}

/** True for an event that does not name our bot user. What ends an installation must be readable without its token. */
function isSilent({ via, payload }: Delivery): boolean {
  const envelope = record(payload);
  if (via !== "event" || envelope["type"] !== "event_callback") return false;
  const { type } = record(envelope["event"]);
  return type !== "app_uninstalled" && type !== "tokens_revoked" && installersOf(envelope, true).length === 0;
}

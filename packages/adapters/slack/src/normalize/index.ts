import type { Normalizer } from "@devflow/gateway/contract";
import type { Settings } from "../options.ts";
import { normalizeOne } from "./one.ts";

export { readMessage } from "./message.ts";
export { selfOf } from "./person.ts";
export { roomKind } from "./place.ts";
export { readArrival, type Arrival } from "./reception.ts";

/**
 * Turns Slack's payloads into events. Each envelope names our bot user and our app, so nobody has to be asked who we are: an
 * event about revoked tokens must be readable without a token. An `identity` that is at hand is used as well.
 */
export function createNormalizer({ replyInThread }: Pick<Settings, "replyInThread">): Normalizer {
  return {
    needsIdentity: false,
    normalize: (deliveries, identity) => deliveries.flatMap((delivery) => normalizeOne(delivery, identity, replyInThread)),
  };
}

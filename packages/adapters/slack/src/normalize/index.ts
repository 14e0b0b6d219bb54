import type { Normalizer } from "@devflow/gateway/contract";
import type { Settings } from "../options.ts";
import { normalizeOne } from "./one.ts";

export { readMessage } from "./message.ts";
export { selfOf } from "./person.ts";
export { roomKind } from "./place.ts";
export { readArrival, type Arrival } from "./reception.ts";

/** Turns Slack's payloads into events. `identity` tells our own messages apart where a payload does not. */
export function createNormalizer({ replyInThread }: Pick<Settings, "replyInThread">): Normalizer {
  return {
    needsIdentity: true,
    normalize: (deliveries, identity) => deliveries.flatMap((delivery) => normalizeOne(delivery, identity, replyInThread)),
  };
}

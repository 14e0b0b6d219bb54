import type { Normalizer } from "@devflow/gateway/contract";
import { normalizeOne } from "./one.ts";

export { readEither, readChange } from "./item.ts";
export { webhookEvents } from "./kinds.ts";
export { readMessage } from "./message.ts";
export { personOf, selfOf, type Self } from "./person.ts";
export { readArrival } from "./reception.ts";
export { readPipeline } from "./run.ts";

/** Turns GitHub's payloads into events. Who we are tells our own doings from others', and what is for us. */
export function createNormalizer(): Normalizer {
  return {
    needsIdentity: true,
    normalize: (deliveries, identity) => deliveries.map((delivery) => normalizeOne(delivery, identity)),
  };
}

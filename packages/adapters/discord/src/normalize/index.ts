import type { Normalizer } from "@devflow/gateway/contract";
import { eventsOf } from "./event.ts";

export { readArrival, wrapInteraction, type Arrival } from "./arrival.ts";
export { messageOf } from "./message.ts";
export { personOf, selfOf } from "./people.ts";

/** Dispatches as events. The identity tells our user, whom mentions name and whose messages are ours. */
export const normalizer: Normalizer = {
  needsIdentity: true,
  normalize: (deliveries, identity) => deliveries.flatMap((delivery) => eventsOf(delivery, identity)),
};

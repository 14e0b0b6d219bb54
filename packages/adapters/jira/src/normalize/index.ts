import type { Normalizer } from "@devflow/gateway/contract";
import { readDelivery } from "./event.ts";

export { changedFields, leftStatus } from "./changes.ts";
export { given, readIssue } from "./issue.ts";
export { readMessage } from "./message.ts";
export { personOf } from "./person.ts";
export { issueIdOf, issueKeyOf } from "./place.ts";
export { actOf, deliveriesOf } from "./reception.ts";

/** Turns Jira's webhooks into events. Payloads do not say for whom they are, so it needs to be told who we are. */
export function createNormalizer(): Normalizer {
  return {
    needsIdentity: true,
    normalize: (deliveries, identity) => deliveries.map((delivery) => readDelivery(delivery, identity)),
  };
}

export { slack } from "./adapter.ts";
export type { SlackOperations } from "./capability.ts";
export type { Lookup, SlackOptions } from "./options.ts";
export type { SlackAuthorization, SlackCommand, SlackEnvelope, SlackEvent, SlackInteraction, SlackObject } from "./wire/index.ts";

export { emojiName, emojiOf } from "./emoji.ts";
export type {
  SlackAuthorization,
  SlackCall,
  SlackCommand,
  SlackEnvelope,
  SlackEvent,
  SlackInteraction,
  SlackObject,
  Via,
} from "./envelope.ts";
export { actionId, linkPrefix, nameOfAction, readHandle, readRoute, writeHandle, writeRoute } from "./name.ts";
export { readOrigin, writeOrigin, type Origin } from "./origin.ts";
export { flag, number, record, records, text, texts, timestampMs } from "./read.ts";
export { holdsKept, keepLong, restoreLong, shorten } from "./value.ts";

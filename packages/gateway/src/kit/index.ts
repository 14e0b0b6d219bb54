export { GatewayError, isGatewayError, type ErrorCode, type GatewayErrorOptions, type KnownErrorCode } from "../error.ts";
export { addressKey, parseAddressKey } from "./address.ts";
export { conditionalFetch, type ConditionalFetch, type ConditionalOptions } from "./conditional.ts";
export { fromCloudEvent, isCloudEvent, toCloudEvent, type CloudEvent } from "./cloud-event/index.ts";
export { createDoorbell, type Doorbell } from "./doorbell.ts";
export { isObject, parseObject, type JsonObject } from "./json.ts";
export { redact, secret } from "./secret.ts";
export { equalInConstantTime, hmacSha256 } from "./signature.ts";
export { lazy } from "./lazy.ts";
export { keepLease } from "./lease.ts";
export { consoleLog } from "./log.ts";
export { sleep, systemClock } from "./time.ts";
export { checkJob, checkKey, checkQueueName, checkValue, clipError, compareBytes } from "./store.ts";
export { degrade, type Choice, type Reach } from "./degrade.ts";
export { details, detailsOf, extra, extraOf, type Details, type Extra, type ExtraMark } from "./extra.ts";
export { displayWidth, graphemeFloor, graphemes } from "./graphemes.ts";
export {
  cleanText,
  flattened,
  foreign,
  mentionText,
  parseMarkdown,
  plainText,
  printMarkdown,
  type ParseOptions,
  type PrintOptions,
} from "./markdown/index.ts";
export { mapInlines, mapText } from "./map.ts";
export { mentionsName, scanMentions, type NamedMention } from "./mentions.ts";
export { commonMarks, runsOf, tighten, type Edge, type Mark, type Run, type Stretch } from "./runs.ts";
export { splitContent } from "./split/index.ts";
export { tableText } from "./table.ts";
export { linkForm, safeUrl, type LinkForm } from "./url.ts";
export { joined, unquoted } from "./render.ts";

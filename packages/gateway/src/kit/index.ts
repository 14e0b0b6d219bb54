export { GatewayError, isGatewayError, type ErrorCode, type GatewayErrorOptions, type KnownErrorCode } from "../error.ts";
export { addressKey, parseAddressKey } from "./address.ts";
export { isObject, parseObject, type JsonObject } from "./json.ts";
export { redact, secret } from "./secret.ts";
export { equalInConstantTime, hmacSha256 } from "./signature.ts";
export { keepLease } from "./lease.ts";
export { sleep, systemClock } from "./time.ts";
export { checkJob, checkKey, checkQueueName, checkValue, clipError, compareBytes } from "./store.ts";

export { GatewayError, isGatewayError, type ErrorCode, type GatewayErrorOptions, type KnownErrorCode } from "../error.ts";
export { addressKey, parseAddressKey } from "./address.ts";
export { isObject, parseObject, type JsonObject } from "./json.ts";
export { secret } from "./secret.ts";
export { equalInConstantTime, hmacSha256 } from "./signature.ts";
export { sleep, systemClock } from "./time.ts";

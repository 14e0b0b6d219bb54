import { GatewayError } from "../error.ts";

/** A JSON object of unknown shape. */
export type JsonObject = { readonly [key: string]: unknown };

/** Parses JSON that must be an object, or throws `wire.malformed` naming the platform. */
export function parseObject(text: string, platform: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("wire.malformed", `${platform}: the request body is not JSON.`, { platform, cause });
  }
  if (isObject(value)) return value;
  throw new GatewayError("wire.malformed", `${platform}: the request body is not a JSON object.`, { platform });
}

/** True for plain JSON objects; false for arrays and null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { isObject, type JsonObject } from "@devflow/gateway/kit";

/** The value as text; undefined when it is none, or empty: Slack leaves fields out and blanks them alike. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value as an object, empty when it is none: fields of fields can be read without asking at each step. */
export function record(value: unknown): JsonObject {
  return isObject(value) ? value : nothing;
}

/** The objects in a list; empty when it is no list. */
export function records(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : none;
}

/** The texts in a list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : none;
}

/** The value as a finite number. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Slack writes booleans of slash commands as text. */
export function flag(value: unknown): boolean {
  return value === true || value === "true";
}

/** Milliseconds of a `ts` such as `1700000000.000100`. The text itself is the id and is never turned into a number. */
export function timestampMs(value: unknown): number | undefined {
  const match = typeof value === "string" ? /^(\d{1,11})(?:\.(\d{3}))?/.exec(value) : null;
  return match === null ? undefined : Number(match[1]) * 1000 + Number(match[2] ?? 0);
}

const nothing: JsonObject = Object.freeze(Object.create(null) as JsonObject);
const none: readonly never[] = Object.freeze([]);

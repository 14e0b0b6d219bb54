import { isObject, type JsonObject } from "@devflow/gateway/kit";

/** The value as an object; an empty one when it is none. */
export function record(value: unknown): JsonObject {
  return isObject(value) ? value : nothing;
}

/** The objects in a list; empty when it is no list. */
export function records(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : none;
}

/** The value as a text that says something. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value as a number that can be counted with. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** An id as text. The SDK reads whole numbers that a number cannot hold as BigInt, which JSON does not know. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === "bigint") return String(value);
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : text(value);
}

/** Milliseconds of a time: ISO text, or the seconds that pushes have. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value > earliestMs / 1000 ? value * 1000 : undefined;
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) && ms > earliestMs ? ms : undefined;
}

/** Before GitHub was: what is said to be older is no time. */
const earliestMs = Date.UTC(2005, 0, 1);

/** An object of the fields that have a value. */
export function known<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const nothing: JsonObject = Object.freeze(Object.create(null) as JsonObject);
const none: readonly never[] = Object.freeze([]);

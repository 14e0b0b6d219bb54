import { isObject, type JsonObject } from "@devflow/gateway/kit";

/** The value as an object; an empty one for whatever is none. Payloads are never trusted to have a shape. */
export function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The objects of an array; anything else in it is left out. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value, if it is a text with something in it. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An id as text: Meta writes some as numbers. */
export function id(value: unknown): string | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : text(value)?.replaceAll("\0", "");
}

/** The value, if it is a finite number. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Milliseconds of a `timestamp`, which is a text of seconds. */
export function timeOf(value: unknown): number | undefined {
  const seconds = Number(typeof value === "number" ? value : (text(value) ?? Number.NaN));
  return seconds > 0 && seconds < 1e11 ? seconds * 1000 : undefined;
}

/** The same fields without those that are undefined: what JSON would keep. */
export function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

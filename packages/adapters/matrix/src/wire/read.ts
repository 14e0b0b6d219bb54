import { isObject, type JsonObject } from "@devflow/gateway/kit";

/** The value as an object; an empty one for whatever is none. Content is never trusted to have a shape. */
export function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The objects of an array; anything else in it is left out. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value, if it is a string. */
export function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The value, if it is a finite number. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The same fields without those that are undefined: what JSON would keep. */
export function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

const eventForm = /^\$[\x21-\x7e]{1,200}$/;

/** The value, if it may be an event's id. */
export function eventId(value: unknown): string | undefined {
  return typeof value === "string" && eventForm.test(value) ? value : undefined;
}

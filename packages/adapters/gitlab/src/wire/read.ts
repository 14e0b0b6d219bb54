import { isObject, type JsonObject } from "@devflow/gateway/kit";

/** The value as text; undefined when it is none, or empty: GitLab leaves fields out and blanks them alike. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value as an object, empty when it is none: fields of fields can be read without asking at each step. */
export function record(value: unknown): JsonObject {
  return isObject(value) ? value : nothing;
}

/** The objects in a list; empty when it is no list. */
export function records(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value as a finite number. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** An id as text, whichever way GitLab wrote it. */
export function id(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  return text(value);
}

/** The same fields without those that are undefined: what JSON would keep. */
export function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

// GitLab writes `2013-12-03T17:15:43Z`, `2015-05-17 17:06:40 UTC` and `2021-04-28 21:50:00 +0200`.
const time = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|UTC|[+-]\d\d:?\d\d)?$/;

/** Milliseconds of a time in any of GitLab's spellings. */
export function timeMs(value: unknown): number | undefined {
  const match = typeof value === "string" ? time.exec(value) : null;
  if (match === null) return undefined;
  const [, date = "", clock = "", zone = "Z"] = match;
  const offset = zone === "UTC" || zone === "Z" ? "Z" : zone.replace(/^(.\d\d):?(\d\d)$/, "$1:$2");
  const ms = Date.parse(`${date}T${clock}${offset}`);
  return Number.isNaN(ms) ? undefined : ms;
}

const nothing: JsonObject = Object.freeze(Object.create(null) as JsonObject);

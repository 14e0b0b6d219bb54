import { isObject, type JsonObject } from "@devflow/gateway/kit";

/** The value as text; undefined when it is none, or empty. Numbers are read too: ids come as either. */
export function text(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
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

/** A field that the object itself has. A changelog has a field named `toString`, and every object inherits another one. */
export function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Milliseconds since the epoch of `2019-02-15T19:11:18.321-0800` or of a number; Jira writes offsets without a colon. */
export function timeMs(value: unknown): number | undefined {
  if (typeof value === "number") return plausible(value);
  if (typeof value !== "string") return undefined;
  return plausible(Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, "$1:$2")));
}

/** What lies outside the years that a date can have is no time. */
function plausible(ms: number): number | undefined {
  return Number.isFinite(ms) && ms > 946_684_800_000 && ms < 8.64e15 ? ms : undefined;
}

const nothing: JsonObject = Object.freeze(Object.create(null) as JsonObject);
const none: readonly never[] = Object.freeze([]);

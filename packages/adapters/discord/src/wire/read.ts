import { graphemeFloor, isObject, type JsonObject } from "@devflow/gateway/kit";

/** The value as an object; an empty one for whatever is none. Payloads are never trusted to have a shape. */
export function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The objects of an array; anything else in it is left out. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value, if it is a string with something in it. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A plain value as it reads; the empty string for anything else. */
export function scalar(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** As much of a text as fits, in whole characters: half of one makes JSON that Discord cannot read. */
export function cut(value: string, limit: number): string {
  return value.slice(0, graphemeFloor(value, limit));
}

/** The strings of an array. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** The value, if it is a finite number. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** An id. Snowflakes exceed what a number holds, so they are strings of digits and nothing else. */
export function id(value: unknown): string | undefined {
  return typeof value === "string" && /^\d{1,20}$/.test(value) ? value : undefined;
}

/** The same fields without those that are undefined: what JSON would keep. */
export function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

const epochMs = 1_420_070_400_000;

/** When an id was made. Milliseconds since the epoch. Source: Discord's reference, "Snowflakes". */
export function timeOfId(snowflake: string): number {
  return Number((BigInt(snowflake) >> 22n) + BigInt(epochMs));
}

/** The least id of the given time: what was made later has a greater one. */
export function idOfTime(ms: number): string {
  return String(BigInt(Math.max(0, Math.floor(ms) - epochMs)) << 22n);
}

/** A time in ISO 8601, as milliseconds since the epoch; undefined for anything else. */
export function timeOf(value: unknown): number | undefined {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

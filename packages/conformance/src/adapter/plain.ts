import assert from "node:assert/strict";
import { isObject } from "@devflow/gateway/kit";

/** Freezes a value and all that it holds, so that a write throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** What is left of a value after a queue has had it. */
export function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Rejects whatever JSON would lose or change: functions, dates, maps, NaN, big integers, symbols, cycles. */
export function assertPlain(value: unknown, what: string): void {
  walk(value, what, new Set());
}

function walk(value: unknown, path: string, above: ReadonlySet<unknown>): void {
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") return assert.ok(Number.isFinite(value), `${path} is ${value}`);
  assert.equal(typeof value, "object", `${path} is a ${typeof value}`);
  assert.ok(!above.has(value), `${path} holds itself`);
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  assert.ok(plain, `${path} is not a plain object`);
  const inside = new Set([...above, value]);
  if (Array.isArray(value)) value.forEach((one, index) => walk(one, `${path}[${index}]`, inside));
  else if (isObject(value)) for (const [key, one] of Object.entries(value)) walk(one, `${path}.${key}`, inside);
}

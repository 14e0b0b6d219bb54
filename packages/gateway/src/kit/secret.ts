import type { Secret } from "../contract/index.ts";

/** Values to keep out of logs, newest last. Bounded: a program that wraps more secrets than this forgets the oldest. */
const known = new Map<string, readonly string[]>();
const remembered = 1000;

class Sealed implements Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  expose(): string {
    return this.#value;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

/** Wraps a value so that it does not print itself, and so that {@link redact} finds it. A {@link Secret} is returned as it is. */
export function secret(value: string | Secret): Secret {
  if (typeof value !== "string") return value;
  if (value.length >= 6) {
    known.delete(value);
    known.set(value, [
      value,
      encodeURIComponent(value.toWellFormed()),
      Buffer.from(value).toString("base64"),
      JSON.stringify(value).slice(1, -1),
    ]);
    if (known.size > remembered) known.delete(known.keys().next().value ?? "");
  }
  return new Sealed(value);
}

/** The text with every wrapped secret replaced by `[secret]`, whether raw, URL-encoded, in base64 or escaped as JSON. */
export function redact(text: string): string {
  let clean = text;
  for (const forms of known.values())
    for (const form of forms) if (clean.includes(form)) clean = clean.replaceAll(form, "[secret]");
  return clean;
}

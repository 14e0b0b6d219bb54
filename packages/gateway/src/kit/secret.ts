import type { Secret } from "../contract/index.ts";

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

/** Wraps a value so that it does not print itself. A {@link Secret} is returned as it is. */
export function secret(value: string | Secret): Secret {
  return typeof value === "string" ? new Sealed(value) : value;
}

import { isGatewayError } from "../error.ts";
import { redact } from "./secret.ts";

/** A failure in words fit for logs and dead letters: without secrets, and of bearable length. */
export interface Failure {
  readonly code: string;
  readonly detail: string;
}

const longest = 4000;

/** Reads whatever was thrown; `code` is for what is no `GatewayError`. Never throws itself, not even on values that cannot be printed. */
export function failureOf(thrown: unknown, code = "handler.failed"): Failure {
  return { code: isGatewayError(thrown) ? thrown.code : code, detail: redact(wordsOf(thrown)).slice(0, longest) };
}

function wordsOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return "a value was thrown that cannot be printed";
  }
}

const passing: ReadonlySet<string> = new Set([
  "store.unavailable",
  "store.busy",
  "store.full",
  "store.closed",
  "outcome.unknown",
  "gateway.closed",
]);

/** True for failures of our own house that pass: work that met one is tried again, and the attempt does not count. */
export function isPassing(thrown: unknown): boolean {
  return isGatewayError(thrown) && passing.has(thrown.code);
}

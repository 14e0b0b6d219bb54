import { GatewayError, isGatewayError, redact, type ErrorCode } from "@devflow/gateway/kit";

/** Codes that the functions of the layout raise themselves. */
export const raised = { full: "DF001", conflict: "DF002" } as const;

/** An error of this store. */
export function storeError(code: ErrorCode, message: string, retryable: boolean, cause?: unknown): GatewayError {
  return new GatewayError(code, `postgres store: ${message}`, { retryable, cause });
}

/** The SQLSTATE of an error of the server; undefined for what happened on the way to it. */
export function stateOf(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("E") ? code : undefined;
}

/** Whether a call of several may have failed for the sake of one of them: the server declined what it was told. */
export function isDeclined(error: unknown): boolean {
  return stateOf(isGatewayError(error) ? error.cause : error) !== undefined;
}

/** Whether the connection is of no use any more. A server that shuts down, or has become read-only, says so first. */
export function isBroken(error: unknown): boolean {
  const state = stateOf(error);
  return state === undefined || /^(08|57P|25006)/.test(state);
}

/** Whether the server has undone the call for the sake of another one, so that it can be repeated at once. */
export function isUndone(error: unknown): boolean {
  const state = stateOf(error);
  return state === "40P01" || state === "40001";
}

/** What an error means for the caller. Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function failureOf(error: unknown, sent: boolean): GatewayError {
  if (isGatewayError(error)) return error;
  const state = stateOf(error);
  const words = redact(error instanceof Error ? error.message : String(error));
  switch (state) {
    case "53100":
      return storeError(
        "store.full",
        "the server's disk is full. Nothing of this call was stored; free some space and repeat it.",
        true,
        error,
      );
    case "28000":
    case "28P01":
    case "3D000":
      return storeError("store.unavailable", `the server refuses the connection (${words}). Check the url.`, true);
    case "42501":
      return storeError(
        "store.unavailable",
        `the user lacks a right (${words}). Let it create the schema, or own it and use it.`,
        true,
      );
    case "3F000":
    case "42P01":
    case "42883":
      return storeError(
        "store.unavailable",
        `its tables are gone or not whole (${words}). Make a new store, or restore a copy.`,
        true,
      );
  }
  if (!isBroken(error)) return storeError("store.unavailable", `${state}: ${words}`, true, error);
  if (!sent || state !== undefined) return storeError("store.unavailable", `the server cannot be reached (${words}).`, true);
  const message = `the connection broke before the answer (${words}); it may still be done. Repeating it with the same id is safe.`;
  return storeError("outcome.unknown", message, true);
}

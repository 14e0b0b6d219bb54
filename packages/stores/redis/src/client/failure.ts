import { GatewayError } from "@devflow/gateway/kit";

/** An error of this store, said as one. */
export function storeError(
  code: `store.${string}` | "outcome.unknown" | "options.invalid",
  what: string,
  cause?: unknown,
): GatewayError {
  const retryable = code === "store.unavailable" || code === "store.full" || code === "outcome.unknown";
  return new GatewayError(code, `redis store: ${what}`, cause === undefined ? { retryable } : { retryable, cause });
}

/** What became of calls whose command failed. */
export function failureOf(error: unknown): GatewayError {
  const text = error instanceof Error ? error.message : String(error);
  if (!isReply(error)) {
    return storeError("outcome.unknown", `${text} It may have been done; repeating it with the same id is safe.`, error);
  }
  const [kind = ""] = text.split(" ", 1);
  if (kind === "OOM") return storeError("store.full", "the server's memory is full; raise maxmemory or let the queues drain.");
  if (kind === "MISCONF" && text.includes("No space left")) return storeError("store.full", "the server's disk is full.");
  return storeError("store.unavailable", `the server says: ${text}`, error);
}

/** Whether the server has answered, though not what was hoped for. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError";
}

/** Whether the command was not even sent. */
export function isUnsent(error: unknown): boolean {
  return error instanceof Error && error.message.includes("enableOfflineQueue");
}

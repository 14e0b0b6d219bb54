import { GatewayError, isObject, redact, type ErrorCode } from "@devflow/gateway/kit";
import { bucketKey, type Pool } from "./limits.ts";

/** The call that failed. */
export interface FailedCall {
  readonly account: string;
  readonly method: string;
  /** Below `/api/v4/`, without its query. */
  readonly path: string;
  /** Project, for buckets that are counted per project. */
  readonly room: string;
  readonly pool: Pool;
}

/** An answer that is no success. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** GitLab's application limits say nothing about how long they last; all of them count minutes. */
const usualWaitMs = 60_000;
const longestDetail = 300;

/** The error of an answer. Its words are GitLab's, from whichever of its shapes they came in; those of a broken server are not repeated. */
export function answerError(call: FailedCall, answer: FailedAnswer, now: number): GatewayError {
  const { status, headers } = answer;
  const common = { platform: "gitlab", account: call.account, cause: { status } };
  const where = `gitlab: ${call.method} ${call.path} on account ${call.account}`;
  if (status === 429) {
    return new GatewayError("rate.limited", `${where} was made too often.`, {
      ...common,
      retryable: true,
      retryAfterMs: waitOf(headers, now),
      bucket: bucketKey(poolOf(call, headers), call.account, call.room),
    });
  }
  if (status >= 500 || status === 408) {
    return new GatewayError("platform.failed", `${where} was answered with HTTP ${status}: GitLab's own trouble, which passes.`, {
      ...common,
      retryable: true,
    });
  }
  const said = saidBy(answer.body);
  const detail = said === "" ? `HTTP ${status}` : `HTTP ${status}, ${said}`;
  const { code, advice } = meaningOf(status, answer.body);
  // A function that knows the token may know a fresh one by the next attempt.
  const retryable = status === 401 && /\b(?:expired|invalid_token)\b/i.test(said);
  return new GatewayError(code, `${where} was answered with ${detail}. ${advice}`, { ...common, retryable });
}

/** The error of a call that got no answer. `sent` false: it did not leave this machine, so nothing was done. */
export function networkError({ account, method, path }: FailedCall, thrown: unknown): GatewayError {
  const outcome = wasSent(thrown)
    ? "did not get an answer. It may have been done"
    : "did not reach the instance. Check its address";
  const cause = { code: systemCode(thrown) };
  return new GatewayError("network.failed", `gitlab: ${method} ${path} on account ${account} ${outcome}.`, {
    platform: "gitlab",
    account,
    retryable: true,
    cause,
  });
}

/** False when the connection was never made, so that whatever was asked for cannot have happened. */
export function wasSent(error: unknown): boolean {
  return !/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*)$/.test(
    systemCode(error),
  );
}

/** HTTP status behind an error of {@link answerError}; undefined for others. */
export function statusOf(error: unknown): number | undefined {
  const cause = isObject(error) || error instanceof Error ? (error as { cause?: unknown }).cause : undefined;
  const status = isObject(cause) ? cause["status"] : undefined;
  return typeof status === "number" ? status : undefined;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly advice: string;
}

function meaningOf(status: number, body: string): Meaning {
  switch (status) {
    case 401:
      return { code: "auth.failed", advice: "Check the token (GITLAB_TOKEN, or the option `token`): it may have expired." };
    case 403:
      if (body.includes("insufficient_scope") || body.includes("insufficient_granular_scope"))
        return { code: "auth.failed", advice: "Give the token the scope `api`." };
      return { code: "operation.rejected", advice: "The token's role does not allow it there, or the project is archived." };
    case 404:
      return { code: "target.gone", advice: "It is not there, or the token may not see it." };
    case 400:
    case 422:
      return { code: "content.rejected", advice: "Sent again unchanged, it would be refused again." };
    case 413:
      return { code: "content.rejected", advice: "It is too large for this instance." };
    default:
      return { code: "operation.rejected", advice: "GitLab does not allow it now." };
  }
}

function waitOf(headers: Headers, now: number): number {
  const after = headers.get("retry-after") ?? "";
  if (/^\d{1,6}$/.test(after)) return Number(after) * 1000;
  const reset = headers.get("ratelimit-reset") ?? "";
  if (/^\d{10}$/.test(reset)) return Math.max(1000, Number(reset) * 1000 - now);
  return usualWaitMs;
}

/** The throttle in front of the application counts all calls and gives its name; the limits within count one kind, and do not. */
function poolOf({ pool }: FailedCall, headers: Headers): Pool {
  return /^throttle_(?:un)?authenticated_(?:api|web)/.test(headers.get("ratelimit-name") ?? "") ? "api" : pool;
}

/** What an error's body says, in one line, clipped and without secrets. */
export function saidBy(body: string): string {
  if (!/^\s*[[{"]/.test(body)) return "";
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return "";
  }
  const words = isObject(value)
    ? ["message", "error", "error_description", "scope"].flatMap((name) => flatten(value[name])).join("; ")
    : flatten(value).join("; ");
  return redact(words).replace(/\s+/g, " ").trim().slice(0, longestDetail);
}

/** `"text"`, `["text"]`, `{ field: ["text"] }` and `{ error: "text" }`, however deep. */
function flatten(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (depth > 3) return [];
  if (Array.isArray(value)) return value.flatMap((one) => flatten(one, depth + 1));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const said = flatten(inner, depth + 1).join(", ");
    return said === "" ? [] : [name === "error" || name === "base" ? said : `${name} ${said}`];
  });
}

function systemCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  const { code } = thrown as { code?: unknown };
  if (typeof code === "string" && /^[A-Z_]{3,60}$/.test(code)) return code;
  const { cause } = thrown;
  if (cause instanceof Error) return systemCode(cause);
  const kept = isObject(cause) ? cause["code"] : undefined;
  return typeof kept === "string" ? kept : "";
}

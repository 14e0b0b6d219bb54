import type { Address } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError, isObject, redact, type ErrorCode, type JsonObject } from "@devflow/gateway/kit";
import { accountBucket, endpointBucket, endpointName, issueBucket } from "./limits.ts";
import { record, text, texts, type JiraCall } from "./wire/index.ts";

/** The call that failed. */
export interface FailedCall {
  readonly account: string;
  readonly call: Pick<JiraCall, "method" | "path">;
  /** The issue that was to be written, for the bucket that may be full. */
  readonly to?: Address | undefined;
  /** A function gives the credential, and may give a fresh one next time. */
  readonly renewable?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** An answer that is none of the good ones. */
export interface FailedAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: string;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** What an answer other than 2xx means to the outbox. Source: Atlassian's rate limiting and REST error pages. */
export function httpError(answer: FailedAnswer, failed: FailedCall): GatewayError {
  const { status } = answer;
  if (status === 429) return rateLimited(answer, failed);
  const says = wordsOf(answer.body);
  if (status >= 500 || status === 408 || status === 425) {
    const waitMs = retryAfterMs(answer, failed.now);
    return fail(failed, "platform.failed", `answered ${status}. It is Jira's own trouble and passes`, {
      retryable: true,
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    });
  }
  // Jira treats a caller whose password it refused as nobody, to whom many things are not there.
  if (answer.header("x-seraph-loginreason")?.includes("AUTHENTICATION_DENIED") || deniedReason(answer) !== undefined) {
    return fail(failed, "auth.failed", "wants a CAPTCHA solved: log in once with a browser, or use a personal access token");
  }
  if (answer.header("x-seraph-loginreason")?.includes("AUTHENTICATED_FAILED")) return unauthorized(failed, says);
  const known = statuses[status];
  if (status === 401) return unauthorized(failed, says);
  const { code, advice, again } = known ?? { code: "operation.rejected" as const, advice: "Jira does not allow it." };
  return fail(
    failed,
    code,
    `answered ${status}${says === "" ? "" : `: ${says}`}. ${advice}`,
    again === true ? { retryable: true, retryAfterMs: 1_000 } : {},
  );
}

const statuses: Readonly<Record<number, { readonly code: ErrorCode; readonly advice: string; readonly again?: true }>> = {
  400: { code: "content.rejected", advice: "Jira does not accept the values." },
  403: { code: "operation.rejected", advice: "The user lacks the permission, or the app the scope." },
  404: { code: "target.gone", advice: "It is not there, or the user may not see it." },
  409: { code: "operation.rejected", advice: "Somebody changed it at the same moment.", again: true },
  410: {
    code: "operation.unsupported",
    advice: "Jira has removed this part of its API: a newer version of @devflow/jira is needed.",
  },
  413: {
    code: "content.rejected",
    advice: "It is larger than the site allows; its administrator sets the limit of attachments.",
  },
  415: { code: "content.rejected", advice: "Jira does not take this type." },
  422: { code: "content.rejected", advice: "Jira does not accept the values." },
};

function unauthorized(failed: FailedCall, says: string): GatewayError {
  if (/scope does not match/i.test(says)) {
    const advice = "the token lacks a scope: add it to the app and let the user consent again; refreshing is of no use";
    return fail(failed, "auth.failed", `says that ${advice}`);
  }
  const advice = "check JIRA_EMAIL and JIRA_TOKEN, or the options `email`, `token`, `accessToken`; API tokens expire";
  const again = failed.renewable === true ? { retryable: true, retryAfterMs: 1_000 } : {};
  return fail(failed, "auth.failed", `refused the credentials: ${advice}`, again);
}

/**
 * A quota blocks all that the app does, a burst one endpoint, writes to an issue that issue alone. Without a reason it is
 * Data Center, whose buckets are a user's, or a gateway before Cloud.
 */
function rateLimited(answer: FailedAnswer, failed: FailedCall): GatewayError {
  const { account, call, to, now } = failed;
  const reason = answer.header("ratelimit-reason") ?? "";
  const quota = reason.includes("quota") || reason.includes("cost");
  const endpoint = endpointBucket(account, endpointName(call.method, call.path));
  const bucket = quota
    ? accountBucket(account)
    : reason.includes("per-issue") && to !== undefined
      ? issueBucket(to)
      : reason === "" && answer.header("x-ratelimit-fillrate") !== undefined
        ? accountBucket(account)
        : endpoint;
  const waitMs = retryAfterMs(answer, now) ?? (quota ? hourMs - (now % hourMs) : minuteMs);
  return fail(failed, "rate.limited", `asks us to wait${reason === "" ? "" : ` (${reason.slice(0, 64)})`}`, {
    retryable: true,
    retryAfterMs: waitMs,
    bucket,
  });
}

/** Seconds or a date in `Retry-After`; else the moment in `X-RateLimit-Reset`, which may lack its seconds. */
function retryAfterMs(answer: FailedAnswer, now: number): number | undefined {
  const after = answer.header("retry-after")?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(after)) return Number(after) * 1_000;
  const moment = after === "" ? (answer.header("x-ratelimit-reset")?.trim() ?? "") : after;
  const at = Date.parse(/T\d\d:\d\dZ?$/.test(moment) ? `${moment.replace(/Z$/, "")}:00Z` : moment);
  return Number.isNaN(at) ? undefined : Math.max(1_000, at - now);
}

function deniedReason(answer: FailedAnswer): string | undefined {
  const reason = answer.header("x-authentication-denied-reason");
  return reason?.includes("CAPTCHA") ? reason : undefined;
}

/** What Jira says is wrong, field by field. Its words may repeat ours, so known secrets are taken out and the rest is cut. */
function wordsOf(body: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return "";
  }
  const { errorMessages, errors, message } = record(answer);
  const fields = Object.entries(record(errors)).flatMap(([field, says]) =>
    text(says) === undefined ? [] : [`${field}: ${text(says)}`],
  );
  const all = [...texts(errorMessages), ...fields, ...(text(message) === undefined ? [] : [String(message)])];
  return redact(all.join("; "))
    .replace(/\s+/g, " ")
    .replace(/[.\s]+$/, "")
    .slice(0, 500);
}

/** Whatever a request threw that got no answer: a broken line, a caller who left, or an error of a client that was handed in. */
export function asGatewayError(thrown: unknown, failed: FailedCall): GatewayError {
  if (isGatewayError(thrown)) return thrown;
  const error: JsonObject = isObject(thrown) ? thrown : {};
  const { status, body } = error;
  if (typeof status === "number") {
    const waitMs = error["retryAfterMs"];
    const answer: FailedAnswer = {
      status,
      header: (name) => (name === "retry-after" && typeof waitMs === "number" ? String(waitMs / 1_000) : undefined),
      body: typeof body === "string" ? body : (JSON.stringify(body) ?? ""),
    };
    return httpError(answer, failed);
  }
  return fail(failed, "network.failed", "could not be reached, or did not answer in time", { retryable: true });
}

/** A refusal of ours, in the form of all errors. `what` begins in lower case and has no full stop. */
export function refusal(code: ErrorCode, account: string, what: string): GatewayError {
  return new GatewayError(code, `jira: account ${account}: ${what}.`, { platform: "jira", account });
}

function fail(
  { account, call }: FailedCall,
  code: ErrorCode,
  what: string,
  rest: { readonly retryable?: boolean; readonly retryAfterMs?: number; readonly bucket?: string } = {},
): GatewayError {
  const message = `jira: ${endpointName(call.method, call.path)} on account ${account}: Jira ${what}.`.replace(/\.\.$/, ".");
  return new GatewayError(code, message, { platform: "jira", account, ...rest });
}

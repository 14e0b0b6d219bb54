import { GatewayError, isGatewayError, redact, type ErrorCode, type JsonObject } from "@devflow/gateway/kit";
import { bucketKey, type Meter } from "./limits.ts";
import { platform } from "./options.ts";
import { number, record, records, text } from "./wire/index.ts";

/** Where a call was made, for the words of its error. */
export interface Call {
  readonly account: string;
  /** `POST /repos/octo/app/issues`. */
  readonly route: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A secondary limit that names no time asks for this long. */
const unnamedMs = 60_000;

/** An error of the SDK in our words. What is ours already stays as it is. */
export function asGatewayError(thrown: unknown, call: Call): GatewayError {
  if (isGatewayError(thrown)) return thrown;
  const error = thrown as { readonly status?: unknown; readonly response?: unknown; readonly name?: unknown };
  const where = `github: ${call.route} on account ${call.account}`;
  const common = { platform, account: call.account };
  if (error.response === undefined) {
    // The SDK gives what got no answer the status 500, and leaves the response out.
    if (number(error.status) === undefined && error.name !== "AbortError" && error.name !== "TimeoutError") {
      const said = thrown instanceof Error ? redact(thrown.message).slice(0, 200) : "an unknown failure";
      return new GatewayError("operation.rejected", `${where} failed before it was sent: ${said}`, {
        ...common,
        cause: causeOf(thrown),
      });
    }
    const message = `${where} did not reach GitHub or got no answer. It may have been done.`;
    return new GatewayError("network.failed", message, { ...common, retryable: true, cause: causeOf(thrown) });
  }
  const response = record(error.response);
  const headers = record(response["headers"]);
  const data = record(response["data"]);
  const status = number(response["status"]) ?? number(error.status) ?? 0;
  const said = redact(text(data["message"]) ?? "").slice(0, 300);
  const options = { ...common, cause: { status, said } };
  const limit = limitOf(status, headers, said, call);
  if (limit) {
    const message = `${where}: ${limit.why}`;
    return new GatewayError("rate.limited", message, {
      ...options,
      retryable: true,
      retryAfterMs: limit.waitMs,
      bucket: bucketKey(limit.meter, call.account),
    });
  }
  const { code, advice, retryable = false } = meaningOf(status, headers, data, said);
  // A token that GitHub made a moment ago may not be known everywhere yet.
  const fresh = status === 401 && (error as { readonly fresh?: unknown }).fresh === true;
  const words = [said, ...detailsOf(data)].filter((word) => word !== "").join("; ");
  const message = `${where} was answered with ${status}${words === "" ? "" : ` (${words})`}. ${advice}`;
  return new GatewayError(code, message.slice(0, 1_000), {
    ...options,
    retryable: retryable || fresh,
    ...(fresh && { retryAfterMs: 2_000 }),
  });
}

/** Status that GitHub answered with, of an error that {@link asGatewayError} made. */
export function statusOf(error: unknown): number | undefined {
  return isGatewayError(error) ? number(record(error.cause)["status"]) : undefined;
}

interface Limit {
  readonly meter: Meter;
  readonly waitMs: number;
  readonly why: string;
}

function limitOf(status: number, headers: JsonObject, said: string, { now }: Call): Limit | undefined {
  if (status === 422 && /submitted too quickly/i.test(said))
    return { meter: "content", waitMs: unnamedMs, why: "too much was created in a short time." };
  if (status !== 403 && status !== 429) return undefined;
  const after = seconds(headers["retry-after"]);
  const spent = headers["x-ratelimit-remaining"] === "0" || headers["x-ratelimit-remaining"] === 0;
  const secondary = /secondary rate limit|abuse detection/i.test(said);
  if (spent && !secondary && after === undefined) {
    const reset = seconds(headers["x-ratelimit-reset"]);
    const date = Date.parse(text(headers["date"]) ?? "");
    const waitMs = reset === undefined ? unnamedMs : Math.max(1_000, reset * 1_000 - (Number.isFinite(date) ? date : now));
    const meter = headers["x-ratelimit-resource"] === "search" ? "search" : "core";
    return { meter, waitMs, why: "the requests of this hour are used up." };
  }
  if (status === 403 && after === undefined && !secondary) return undefined;
  const meter = /content creation/i.test(said) ? "content" : "points";
  return { meter, waitMs: after === undefined ? unnamedMs : after * 1_000, why: "GitHub asks to go slower (secondary limit)." };
}

function seconds(value: unknown): number | undefined {
  const parsed = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof parsed === "number" && Number.isFinite(parsed) && parsed >= 0 ? parsed : undefined;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly advice: string;
  readonly retryable?: boolean;
}

function meaningOf(status: number, headers: JsonObject, data: JsonObject, said: string): Meaning {
  if (status >= 500 || status === 408) return { code: "platform.failed", advice: "Tried again later.", retryable: true };
  switch (status) {
    case 401:
      return { code: "auth.failed", advice: "Give a valid token, or the id and private key of an installed App." };
    case 403:
      return forbidden(headers, said);
    case 404:
      return { code: "target.gone", advice: "It is not there, or the token may not see it." };
    case 410:
      return { code: "target.gone", advice: "It was deleted, or issues are switched off." };
    case 451:
      return { code: "target.gone", advice: "It is blocked for legal reasons." };
    case 405:
    case 409:
      return { code: "operation.rejected", advice: "Its present state does not allow it: read it again and decide anew." };
    case 413:
      return { code: "content.rejected", advice: "It is too large." };
    case 422:
      return isContent(data)
        ? { code: "content.rejected", advice: "Correct what is named." }
        : { code: "operation.rejected", advice: "GitHub does not accept it as it is." };
    case 423:
      return { code: "operation.rejected", advice: "It is locked." };
    default:
      return { code: "operation.rejected", advice: "GitHub does not accept it." };
  }
}

function forbidden(headers: JsonObject, said: string): Meaning {
  const sso = /url=(https:\S+)/.exec(text(headers["x-github-sso"]) ?? "")?.[1];
  if (sso !== undefined) return { code: "auth.failed", advice: `Authorize the token for the organization at ${sso}` };
  const needed = text(headers["x-accepted-github-permissions"]);
  if (/not accessible by/i.test(said)) {
    const which = needed === undefined ? "A permission is missing" : `It takes the permission ${needed}`;
    return { code: "operation.rejected", advice: `${which}: grant it to the App or the token.` };
  }
  if (/suspended/i.test(said)) return { code: "auth.failed", advice: "The installation is suspended." };
  return { code: "operation.rejected", advice: "It is archived, locked or blocked, or a right is missing." };
}

/** True when what was said is at fault, and not what it was said about. */
function isContent(data: JsonObject): boolean {
  const fields = records(data["errors"]).map((error) => text(error["field"]) ?? "");
  return (
    fields.some((field) => /^(body|title|labels?|milestone|assignees?|text|summary)$/.test(field)) ||
    /too long/i.test(detailsOf(data).join())
  );
}

function detailsOf(data: JsonObject): string[] {
  const list = Array.isArray(data["errors"]) ? (data["errors"] as readonly unknown[]) : [];
  return list.slice(0, 5).map((one) => {
    if (typeof one === "string") return one.slice(0, 200);
    const { message, resource, field, code } = record(one);
    return redact(text(message) ?? [resource, field, code].map((word) => text(word) ?? "").join(" ")).slice(0, 200);
  });
}

/** What of an error is worth knowing and safe to keep. */
function causeOf(thrown: unknown): { readonly name?: string; readonly system?: string } {
  const { name, cause } = record(thrown instanceof Error ? { name: thrown.name, cause: thrown.cause } : thrown);
  const inner = cause instanceof Error ? (cause as { code?: unknown; cause?: { code?: unknown } }) : undefined;
  const system = text(inner?.code) ?? text(inner?.cause?.code);
  return { ...(text(name) === undefined ? {} : { name: String(name) }), ...(system === undefined ? {} : { system }) };
}

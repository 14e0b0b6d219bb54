import { GatewayError, isGatewayError, isObject, redact, type ErrorCode } from "@devflow/gateway/kit";
import { accountBucket } from "./limits.ts";
import { platform } from "./options.ts";

/** Where a call failed. */
export interface Failed {
  readonly account: string;
  /** Path of the request, without ids. */
  readonly what: string;
}

/** A homeserver's refusal, recognised by shape: the client may come from another copy of the SDK. */
interface Refusal {
  readonly status: number;
  /** `M_…`; empty when the answer was none of Matrix's. */
  readonly code: string;
  readonly said: string;
  readonly retryAfterMs: number | undefined;
}

interface Rule {
  readonly code: ErrorCode;
  readonly next: string;
  readonly retryable?: true;
}

const suspended = "Ask the homeserver's administrator about the account.";

/** By errcode, which tells more than the status. */
const rules: Readonly<Record<string, Rule>> = {
  M_UNKNOWN_TOKEN: { code: "auth.failed", next: "Log the bot in again and replace MATRIX_BOT_TOKEN." },
  M_MISSING_TOKEN: { code: "auth.failed", next: "Set MATRIX_BOT_TOKEN." },
  M_USER_DEACTIVATED: { code: "auth.failed", next: "The account is gone for good; make another." },
  M_USER_LOCKED: { code: "auth.failed", next: suspended },
  M_USER_SUSPENDED: { code: "operation.rejected", next: suspended },
  M_EXCLUSIVE: { code: "auth.failed", next: "The user is outside the namespaces of the application service." },
  M_NOT_FOUND: { code: "target.gone", next: "Check the room, and the message in it." },
  M_UNRECOGNIZED: { code: "operation.unsupported", next: "The homeserver does not know this request; update it." },
  M_TOO_LARGE: { code: "content.rejected", next: "Send less at once." },
  M_BAD_JSON: { code: "content.rejected", next: "Check what `native` adds to the message." },
  M_RESOURCE_LIMIT_EXCEEDED: {
    code: "platform.failed",
    next: "The homeserver is at its limits; its administrator can tell.",
    retryable: true,
  },
  M_NOT_YET_UPLOADED: { code: "platform.failed", next: "The file is still being uploaded.", retryable: true },
};

const outside =
  /not in room|not joined|not a member|aren't a member|not been invited|is not in the room|no longer in|room.*(?:not exist|unknown)/i;

/** Turns what a call threw into this project's error; one that already is comes back as it is. */
export function readError(error: unknown, failed: Failed): GatewayError {
  if (isGatewayError(error)) return error;
  const about = { platform, account: failed.account };
  const who = `matrix: ${failed.account}, ${failed.what}`;
  const refusal = refusalOf(error);
  if (!refusal) {
    if (error instanceof SyntaxError)
      return new GatewayError("platform.failed", `${who}: the homeserver's answer is not JSON. It will be tried again.`, {
        ...about,
        retryable: true,
      });
    return new GatewayError("network.failed", `${who}: the homeserver cannot be reached. It will be tried again.`, {
      ...about,
      retryable: true,
    });
  }
  const { status, code, retryAfterMs } = refusal;
  const said = refusal.said === "" ? `${status} ${code}`.trim() : redact(refusal.said).slice(0, 300);
  if (code === "M_LIMIT_EXCEEDED" || (status === 429 && code === "")) {
    const waitMs = Math.max(1_000, retryAfterMs ?? 0);
    const text = `${who}: the homeserver asks to wait ${Math.ceil(waitMs / 1000)} s. Its administrator can exempt the bot.`;
    return new GatewayError("rate.limited", text, {
      ...about,
      retryable: true,
      retryAfterMs: waitMs,
      bucket: accountBucket(failed.account),
    });
  }
  const rule = ruleFor(status, code, refusal.said);
  return new GatewayError(rule.code, `${who}: ${said}. ${rule.next}`, { ...about, retryable: rule.retryable ?? false });
}

function ruleFor(status: number, code: string, said: string): Rule {
  const known = Object.hasOwn(rules, code) ? rules[code] : undefined;
  if (known) return known;
  if (status >= 500) return { code: "platform.failed", next: "It will be tried again.", retryable: true };
  if (status === 401) return { code: "auth.failed", next: "Log the bot in again and replace MATRIX_BOT_TOKEN." };
  if (status === 403 && outside.test(said))
    return { code: "target.gone", next: "Invite the bot into the room again, or forget the address." };
  if (status === 404) return { code: "target.gone", next: "Check the address, and MATRIX_API_URL." };
  if (status === 413) return { code: "content.rejected", next: "Send less at once." };
  return { code: "operation.rejected", next: "The homeserver refuses it for good; the room's power levels may say why." };
}

/** The errcode of a refusal, for callers that take some of them for success. */
export function errcodeOf(error: unknown): string | undefined {
  return refusalOf(error)?.code;
}

/** The status of a refusal. */
export function statusOf(error: unknown): number | undefined {
  return refusalOf(error)?.status;
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !("httpStatus" in error) || typeof error.httpStatus !== "number") return undefined;
  const data = "data" in error && isObject(error.data) ? error.data : {};
  const header = "httpHeaders" in error && error.httpHeaders instanceof Headers ? error.httpHeaders.get("retry-after") : null;
  const seconds = header !== null && /^\d{1,7}$/.test(header.trim()) ? Number(header) : undefined;
  const field = typeof data.retry_after_ms === "number" && data.retry_after_ms >= 0 ? data.retry_after_ms : undefined;
  return {
    status: error.httpStatus,
    code: typeof data.errcode === "string" ? data.errcode : "",
    said: typeof data.error === "string" ? data.error : "",
    retryAfterMs: seconds === undefined && field === undefined ? undefined : Math.max((seconds ?? 0) * 1000, field ?? 0),
  };
}

import { GatewayError, isGatewayError, type ErrorCode, type JsonObject } from "@devflow/gateway/kit";
import { number, record, text } from "./wire/index.ts";

/** The call that failed. */
interface FailedCall {
  readonly account: string;
  readonly method: string;
}

/** What a Slack error code means to the outbox. */
interface Meaning {
  readonly code: ErrorCode;
  readonly retryable?: true;
  /** What the reader of the message can do. */
  readonly advice: string;
}

const passing = { code: "platform.failed", retryable: true, advice: "It is Slack's own trouble and passes." } as const;
const gone = { code: "target.gone", advice: "The conversation or message is not there, or the bot was never let in." } as const;
const closed = { code: "window.closed", advice: "The time for it is over." } as const;
const content = { code: "content.rejected", advice: "Slack does not accept what was to be shown." } as const;
const refused = { code: "operation.rejected", advice: "Slack does not allow it there." } as const;
const auth = {
  code: "auth.failed",
  advice: "Check its token (SLACK_BOT_TOKEN, or the option `token`), or install the app again.",
} as const;

/** Slack's codes by what to do about them. A code that is not here is a refusal: trying again would not change it. */
const meanings: Readonly<Record<string, Meaning>> = {
  ...each(passing, "internal_error fatal_error service_unavailable request_timeout team_added_to_org org_login_required"),
  ...each(passing, "messaging_processing_failed external_channel_migrating accesslimited"),
  ...each(gone, "channel_not_found is_archived is_inactive user_not_found user_disabled message_not_found thread_not_found"),
  ...each(gone, "users_not_found file_not_found file_deleted team_not_found cannot_find_channel channel_is_archived"),
  ...each(
    closed,
    "edit_window_closed expired_trigger_id exchanged_trigger_id trigger_expired trigger_exchanged invalid_trigger_id",
  ),
  ...each(closed, "used_url expired_url"),
  ...each(
    content,
    "no_text msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format too_many_attachments block_mismatch",
  ),
  ...each(
    content,
    "markdown_text_conflict metadata_too_large invalid_metadata_format invalid_metadata_schema file_type_not_allowed",
  ),
  ...each(
    content,
    "invalid_arguments invalid_name invalid_attachments view_too_large too_many_emoji bad_reactions file_upload_size_restricted",
  ),
  ...each(
    auth,
    "invalid_auth not_authed token_revoked account_inactive not_allowed_token_type no_permission team_access_not_granted",
  ),
  ...each(
    auth,
    "app_access_restricted two_factor_setup_required invalid_refresh_token access_denied user_removed_from_team team_disabled",
  ),
  missing_scope: { code: "auth.failed", advice: "Add the scope to the app and install it again." },
  // A token function may have a fresh one at the next attempt.
  token_expired: { code: "auth.failed", retryable: true, advice: "Refresh the token." },
  not_in_channel: { code: "operation.rejected", advice: "Invite the bot to the channel: /invite @bot." },
  message_not_in_streaming_state: {
    code: "stream.expired",
    advice: "Slack has closed the stream; the rest goes into another message.",
  },
  stopped_by_user: { code: "stream.stopped", advice: "The reader pressed stop." },
  streaming_state_conflict: { code: "operation.rejected", retryable: true, advice: "The message is still being streamed." },
  ratelimited: { code: "rate.limited", retryable: true, advice: "Slack asks us to wait." },
  rate_limited: { code: "rate.limited", retryable: true, advice: "Slack asks us to wait." },
  message_limit_exceeded: refused,
};

function each(meaning: Meaning, codes: string): Record<string, Meaning> {
  return Object.fromEntries(codes.split(" ").map((code) => [code, meaning]));
}

/**
 * Whatever a call to Slack threw, as our error. Recognised by the SDK's codes, not its classes: an embedded client may come
 * from another copy. The SDK's error itself is not passed on: it holds the answer, and an answer may repeat what was sent.
 */
export function asGatewayError(thrown: unknown, { account, method }: FailedCall): GatewayError {
  if (isGatewayError(thrown)) return thrown;
  const error = record(thrown);
  const common = { platform: "slack", account, cause: causeOf(error) };
  const where = `slack: ${method} on account ${account}`;
  switch (error["code"]) {
    case "slack_webapi_platform_error":
      return platformError(record(error["data"]), where, common);
    case "slack_webapi_rate_limited_error":
      return limited(where, number(error["retryAfter"]), common);
    case "slack_webapi_http_error":
      return httpError(number(error["statusCode"]) ?? 0, where, common);
    case "slack_webapi_request_error":
      return new GatewayError("network.failed", `${where} did not reach Slack or got no answer. It may have been done.`, {
        ...common,
        retryable: true,
      });
  }
  // The SDK has no code for a 429 that does not say how long.
  if (text(error["message"])?.startsWith("Retry header did not contain")) return limited(where, undefined, common);
  return new GatewayError("operation.rejected", `${where} failed in the client, before or after Slack answered.`, {
    ...common,
    retryable: true,
  });
}

/** The error of an HTTP status, for calls that go past the SDK. */
export function httpError(status: number, where: string, common: Common): GatewayError {
  if (status === 429) return limited(where, undefined, common);
  const again = status >= 500 || status === 408 || status === 0;
  const code: ErrorCode = again ? "platform.failed" : status === 401 || status === 403 ? "auth.failed" : "operation.rejected";
  return new GatewayError(code, `${where} was answered with HTTP ${status}.`, { ...common, retryable: again });
}

/** Slack's own word for a failure, such as `channel_not_found`; undefined for others. */
export function slackCodeOf(error: unknown): string | undefined {
  return text(record(record(error)["cause"])["slack"]);
}

/** What of an SDK error is worth knowing and safe to keep: codes. */
function causeOf(error: JsonObject): { readonly code?: string; readonly slack?: string; readonly system?: string } {
  const code = text(error["code"]);
  const slack = text(record(error["data"])["error"]);
  const original = record(error["original"]);
  const system = text(record(original["cause"])["code"]) ?? text(original["name"]);
  return {
    ...(code === undefined ? {} : { code }),
    ...(slack !== undefined && slackWord.test(slack) ? { slack } : {}),
    ...(system === undefined ? {} : { system }),
  };
}

const slackWord = /^[a-z0-9_.-]{1,80}$/i;

interface Common {
  readonly platform: string;
  readonly account: string;
  readonly cause?: unknown;
}

function platformError(data: JsonObject, where: string, common: Common): GatewayError {
  const said = text(data["error"]) ?? "";
  // A page of HTML from a proxy arrives as the text of an error.
  if (!slackWord.test(said)) {
    return new GatewayError("platform.failed", `${where} was answered with something that is not Slack's JSON.`, {
      ...common,
      retryable: true,
    });
  }
  const meaning = meaningOf(said);
  const metadata = record(data["response_metadata"]);
  if (meaning.code === "rate.limited") return limited(where, number(metadata["retryAfter"]), common);
  const needed = text(data["needed"]);
  const detail = needed === undefined ? "" : ` (needs ${needed})`;
  return new GatewayError(meaning.code, `${where}: ${said}${detail}. ${meaning.advice}`, {
    ...common,
    retryable: meaning.retryable ?? false,
    ...(said === "streaming_state_conflict" && { retryAfterMs: 1_000 }),
  });
}

function meaningOf(said: string): Meaning {
  if (Object.hasOwn(meanings, said)) return meanings[said] ?? refused;
  if (said.startsWith("invalid_blocks")) return content;
  return refused;
}

function limited(where: string, seconds: number | undefined, common: Common): GatewayError {
  return new GatewayError("rate.limited", `${where} was called too often.`, {
    ...common,
    retryable: true,
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }),
  });
}

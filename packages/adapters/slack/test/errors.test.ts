import { describe, expect, it } from "vitest";
import { asGatewayError, slackCodeOf } from "../src/errors.ts";

const call = { account: "T0001", method: "chat.postMessage" };
const said = (error: string, more: object = {}) =>
  asGatewayError({ code: "slack_webapi_platform_error", data: { ok: false, error, ...more } }, call);
const listed = (codes: string) => codes.split(" ");

describe("errors", () => {
  it("are to be tried again while Slack has trouble", () => {
    for (const code of listed(
      "internal_error fatal_error service_unavailable request_timeout team_added_to_org org_login_required messaging_processing_failed external_channel_migrating",
    )) {
      expect(said(code)).toMatchObject({ code: "platform.failed", retryable: true, platform: "slack", account: "T0001" });
    }
  });

  it("tell when to come back", () => {
    for (const code of ["ratelimited", "rate_limited"]) {
      expect(said(code, { response_metadata: { retryAfter: 30 } })).toMatchObject({
        code: "rate.limited",
        retryable: true,
        retryAfterMs: 30_000,
      });
      expect(said(code)).toMatchObject({ code: "rate.limited", retryAfterMs: undefined });
    }
    expect(asGatewayError({ code: "slack_webapi_rate_limited_error", retryAfter: 7 }, call)).toMatchObject({
      code: "rate.limited",
      retryAfterMs: 7_000,
    });
    expect(asGatewayError(new Error("Retry header did not contain a valid timeout (url: x)"), call)).toMatchObject({
      code: "rate.limited",
      retryable: true,
    });
  });

  it("are final where trying again changes nothing", () => {
    const cases: readonly [string, string][] = [
      ["target.gone", "channel_not_found is_archived is_inactive user_not_found user_disabled message_not_found"],
      ["window.closed", "edit_window_closed expired_trigger_id exchanged_trigger_id"],
      [
        "content.rejected",
        "no_text msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format invalid_arguments too_many_attachments metadata_too_large file_type_not_allowed markdown_text_conflict",
      ],
      [
        "auth.failed",
        "invalid_auth not_authed token_revoked account_inactive missing_scope not_allowed_token_type no_permission team_access_not_granted app_access_restricted two_factor_setup_required invalid_refresh_token",
      ],
      [
        "operation.rejected",
        "not_in_channel restricted_action restricted_action_read_only_channel restricted_action_thread_locked cannot_reply_to_message cant_update_message cant_delete_message ekm_access_denied messages_tab_disabled user_not_in_channel hash_conflict time_in_past time_too_far restricted_too_many message_limit_exceeded posting_to_channel_denied slack_connect_file_upload_sharing_blocked a_code_of_tomorrow constructor",
      ],
    ];
    for (const [code, words] of cases)
      for (const word of listed(words)) expect([word, said(word)]).toMatchObject([word, { code, retryable: false }]);
  });

  it("let a token function fetch a fresh one", () => {
    expect(said("token_expired")).toMatchObject({ code: "auth.failed", retryable: true });
  });

  it("name the scope that is missing", () => {
    expect(said("missing_scope", { needed: "files:write", provided: "chat:write" }).message).toContain("needs files:write");
  });

  it("know the ends of a stream", () => {
    expect(said("message_not_in_streaming_state")).toMatchObject({ code: "stream.expired", retryable: false });
    expect(said("stopped_by_user")).toMatchObject({ code: "stream.stopped", retryable: false });
  });

  it("read the transport", () => {
    const http = (statusCode: number) => asGatewayError({ code: "slack_webapi_http_error", statusCode }, call);
    expect(http(503)).toMatchObject({ code: "platform.failed", retryable: true });
    expect(http(401)).toMatchObject({ code: "auth.failed", retryable: false });
    expect(http(413)).toMatchObject({ code: "operation.rejected", retryable: false });
    expect(asGatewayError({ code: "slack_webapi_request_error", original: new Error("x") }, call)).toMatchObject({
      code: "network.failed",
      retryable: true,
    });
    expect(said("<html>Bad gateway</html>")).toMatchObject({ code: "platform.failed", retryable: true });
    expect(asGatewayError(new TypeError("x"), call)).toMatchObject({ code: "operation.rejected", retryable: true });
  });

  it("keep Slack's word, and nothing that was sent", () => {
    expect(slackCodeOf(said("not_in_channel"))).toBe("not_in_channel");
    const body = {
      secret: "xoxb-secret",
      code: "slack_webapi_http_error",
      statusCode: 500,
      body: "xoxb-secret",
      message: "xoxb-secret",
    };
    const error = asGatewayError(body, call);
    expect(JSON.stringify([error.message, error.cause])).not.toContain("xoxb-secret");
  });
});

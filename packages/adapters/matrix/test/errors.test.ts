import { describe, expect, it } from "vitest";
import { readError } from "../src/errors.ts";
import { readOptions } from "../src/options.ts";

const refusal = (
  httpStatus: number,
  errcode?: string,
  error = "no",
  headers: Record<string, string> = {},
  more: object = {},
): Error =>
  Object.assign(new Error("SDK says https://host/?access_token=x"), {
    httpStatus,
    data: { errcode, error, ...more },
    httpHeaders: new Headers(headers),
  });
const codeOf = (error: unknown): readonly unknown[] => {
  const { code, retryable, retryAfterMs } = readError(error, { account: "@rig:e.org", what: "send" });
  return [code, retryable, retryAfterMs];
};

describe("readError", () => {
  it.each<[Error, string, boolean, number | undefined]>([
    [refusal(429, "M_LIMIT_EXCEEDED", "slow", { "retry-after": "7" }, { retry_after_ms: 6_500 }), "rate.limited", true, 7_000],
    [refusal(429, "M_LIMIT_EXCEEDED", "slow", {}, { retry_after_ms: 2_500 }), "rate.limited", true, 2_500],
    [refusal(429, "M_LIMIT_EXCEEDED", "slow", { "retry-after": "soon" }), "rate.limited", true, 1_000],
    [refusal(401, "M_UNKNOWN_TOKEN"), "auth.failed", false, undefined],
    [refusal(403, "M_FORBIDDEN", "User @rig:e.org not in room !a"), "target.gone", false, undefined],
    [refusal(403, "M_FORBIDDEN", "You don't have permission to post that"), "operation.rejected", false, undefined],
    [refusal(404, "M_NOT_FOUND"), "target.gone", false, undefined],
    [refusal(404, "M_UNRECOGNIZED"), "operation.unsupported", false, undefined],
    [refusal(413, "M_TOO_LARGE"), "content.rejected", false, undefined],
    [refusal(502, "M_UNKNOWN"), "platform.failed", true, undefined],
    [refusal(403, "M_RESOURCE_LIMIT_EXCEEDED"), "platform.failed", true, undefined],
    [refusal(400, "constructor"), "operation.rejected", false, undefined],
    [new SyntaxError("Unexpected <"), "platform.failed", true, undefined],
    [new TypeError("fetch failed"), "network.failed", true, undefined],
  ])("%#: reads a refusal as %s", (error, code, retryable, retryAfterMs) => {
    expect(codeOf(error)).toEqual([code, retryable, retryAfterMs]);
  });

  it("names platform, account and what failed, and never what the SDK says", () => {
    const { message } = readError(refusal(400, "M_UNKNOWN", "bad relation"), { account: "@rig:e.org", what: "send" });
    expect(message).toMatch(/^matrix: @rig:e\.org, send: bad relation/);
    expect(message).not.toContain("access_token");
  });
});

describe("readOptions", () => {
  it.each([{ token: "" }, { hsToken: "" }, { hsToken: [] }, { apiUrl: "matrix" }, { userId: "rig" }])(
    "refuses %j at once",
    (options) => {
      expect(() => readOptions(options)).toThrow(expect.objectContaining({ code: "options.invalid" }));
    },
  );
});

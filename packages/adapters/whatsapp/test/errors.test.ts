import { describe, expect, it } from "vitest";
import { secret } from "@devflow/gateway/kit";
import { readAnswer, readError, unreachable } from "../src/errors.ts";
import { account, to } from "./support/index.ts";

const failed = { account, what: "message.post", to };
const coded = (code: number, more: object = {}, headers: Record<string, string> = {}, status = 400) =>
  readAnswer(new Response(null, { status, headers }), { error: { message: `(#${code}) words`, code, ...more } }, failed);

describe("an answer of Meta's", () => {
  it.each<[number, string, boolean]>([
    [0, "auth.failed", false],
    [1, "platform.failed", true],
    [3, "operation.rejected", false],
    [4, "rate.limited", true],
    [10, "operation.rejected", false],
    [100, "content.rejected", false],
    [190, "auth.failed", false],
    [200, "operation.rejected", false],
    [368, "operation.rejected", false],
    [80007, "rate.limited", true],
    [130429, "rate.limited", true],
    [130472, "operation.rejected", false],
    [130501, "operation.unsupported", false],
    [131000, "platform.failed", true],
    [131009, "content.rejected", false],
    [131016, "platform.failed", true],
    [131026, "target.gone", false],
    [131030, "target.gone", false],
    [131031, "operation.rejected", false],
    [131037, "operation.rejected", false],
    [131042, "operation.rejected", false],
    [131047, "window.closed", false],
    [131048, "rate.limited", true],
    [131049, "operation.rejected", false],
    [131050, "target.gone", false],
    [131053, "content.rejected", true],
    [131056, "rate.limited", true],
    [131057, "platform.failed", true],
    [132001, "content.rejected", false],
    [133004, "platform.failed", true],
    [133010, "operation.rejected", false],
    [999999, "operation.rejected", false],
  ])("with code %i is %s, to be tried again: %s", (code, expected, retryable) => {
    expect(coded(code)).toMatchObject({ code: expected, retryable, platform: "whatsapp", account });
  });

  it("holds back one conversation or the whole number, for as long as Meta says", () => {
    expect(coded(131056)).toMatchObject({ retryAfterMs: 6_000, bucket: undefined });
    expect(coded(130429)).toMatchObject({ retryAfterMs: 1_000, bucket: `whatsapp/${account}/*` });
    const usage = JSON.stringify({ "1": [{ type: "whatsapp", estimated_time_to_regain_access: 19 }] });
    expect(coded(80007, {}, { "x-business-use-case-usage": usage })).toMatchObject({ retryAfterMs: 19 * 60_000 });
    expect(coded(4, {}, { "retry-after": "30" })).toMatchObject({ retryAfterMs: 30_000 });
  });

  it("gives a transfer that failed one more try", () => {
    const error = { code: 131053, title: "Media upload error" };
    expect(readError(error, { ...failed, attempt: 2 }).retryable).toBe(false);
  });

  it.each([
    [401, "auth.failed"],
    [403, "operation.rejected"],
    [404, "target.gone"],
    [429, "rate.limited"],
    [502, "platform.failed"],
  ])("without a code is known by its status %i: %s", (status, code) => {
    expect(readAnswer(new Response(null, { status }), {}, failed)).toMatchObject({ code });
  });

  it("is told with its details, and without secrets", () => {
    const token = secret("EAAvery-secret-token").expose();
    const { message } = coded(100, { error_data: { details: "Parameter value is not valid." }, message: `Bad ${token}.` });
    expect(message).toContain("Bad [secret]: Parameter value is not valid (100)");
    expect(message).not.toContain(token);
  });

  it("names a way out of a closed window, with a template or without", () => {
    const error = { code: 131047, title: "Re-engagement message" };
    expect(readError(error, failed).message).toContain("name it in the option `template`");
    expect(readError(error, { ...failed, template: { name: "a", language: "de" } }).message).toContain('name: "a"');
  });
});

describe("a network that fails", () => {
  it("is told by its code alone", () => {
    const thrown = new TypeError("fetch failed for https://secret", {
      cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
    });
    const error = unreachable(thrown, failed);
    expect(error).toMatchObject({ code: "network.failed", retryable: true });
    expect(error.message).toContain("(ECONNREFUSED)");
    expect(error.message).not.toContain("https://secret");
  });
});

import { describe, expect, it } from "vitest";
import { asGatewayError, refusalOf } from "../src/errors.ts";
import { globalKey } from "../src/limits.ts";
import { application, token } from "./support/index.ts";

const failed = { account: application, doing: "a message" };
const refused = (status: number, code: number, rest: object = {}) =>
  asGatewayError(Object.assign(new Error("x"), { status, code, rawError: { code, message: "Said so.", ...rest } }), failed);

describe("refusals", () => {
  it.each([
    [404, 10_003, "target.gone", false],
    [403, 50_007, "target.gone", false],
    [403, 50_013, "operation.rejected", false],
    [400, 50_035, "content.rejected", false],
    [404, 10_062, "window.closed", false],
    [401, 0, "auth.failed", false],
    [401, 50_027, "window.closed", false],
    [400, 20_016, "rate.limited", true],
    [503, 0, "platform.failed", true],
    [500, 130_000, "platform.failed", true],
    [403, 999_999, "operation.rejected", false],
    [404, 999_999, "target.gone", false],
  ])("of status %i and code %i are %s", (status, code, expected, retryable) => {
    const error = refused(status, code);
    expect(error).toMatchObject({ code: expected, retryable, platform: "discord", account: application });
    expect(error.message).toMatch(/^discord: application \d+, a message: Said so \(\d+\)\. /);
    expect(refusalOf(error)?.code).toBe(code);
  });

  it("say where in a form the fault is", () => {
    const errors = { embeds: { 0: { title: { _errors: [{ code: "X", message: "Too long" }] } } } };
    expect(refused(400, 50_035, { errors }).message).toContain("embeds.0.title: Too long");
  });
});

describe("limits", () => {
  const limited = (rest: object) => asGatewayError({ retryAfter: 0, timeToReset: 0, global: false, ...rest }, failed);

  it("are waited for, those of the bot by all of it", () => {
    expect(limited({ retryAfter: 1_234.5 })).toMatchObject({ code: "rate.limited", retryAfterMs: 1_235, bucket: undefined });
    expect(limited({ retryAfter: 5, global: true }).bucket).toBe(globalKey(application));
  });

  it("without a time are the firewall's, and are waited for longer", () => {
    expect(limited({}).retryAfterMs).toBe(10_000);
  });
});

describe("failures of the network", () => {
  it("are named by their code, and nothing else is quoted", () => {
    const cause = Object.assign(new Error(`connect https://discord/${token}`), { code: "ECONNREFUSED" });
    const error = asGatewayError(new TypeError(`fetch failed ${token}`, { cause }), failed);
    expect(error).toMatchObject({ code: "network.failed", retryable: true });
    expect(error.message).toContain("(ECONNREFUSED)");
    expect(error.message).not.toContain(token);
  });
});

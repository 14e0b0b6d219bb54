import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/error.ts";
import { failureOf, isPassing } from "../../src/kit/failure.ts";
import { redact, secret } from "../../src/kit/secret.ts";

describe("failureOf", () => {
  it("reads errors, and whatever else is thrown, without throwing itself", () => {
    expect(failureOf(new TypeError("x"))).toEqual({ code: "handler.failed", detail: "TypeError: x" });
    expect(failureOf(new GatewayError("rate.limited", "slow down"))).toEqual({
      code: "rate.limited",
      detail: "GatewayError: slow down",
    });
    expect(failureOf(new Error("x"), "platform.failed").code).toBe("platform.failed");
    expect(failureOf(undefined).detail).toBe("undefined");
    expect(failureOf(Symbol("s")).detail).toBe("Symbol(s)");
    expect(failureOf(Object.create(null)).detail).toMatch(/cannot be printed/);
    const hostile = new Proxy(new Error("x"), {
      get: () => {
        throw new Error("no");
      },
    });
    expect(failureOf(hostile).detail).toMatch(/cannot be printed/);
  });

  it("hides secrets and is of bearable length", () => {
    secret("hunter2-hunter2");
    const { detail } = failureOf(new Error(`hunter2-hunter2 ${"x".repeat(10_000)}`));
    expect(detail).toContain("[secret]");
    expect(detail).not.toContain("hunter2");
    expect(detail.length).toBe(4000);
  });
});

describe("isPassing", () => {
  it("is true for failures of our own house alone", () => {
    expect(isPassing(new GatewayError("store.unavailable", "x"))).toBe(true);
    expect(isPassing(new GatewayError("store.full", "x"))).toBe(true);
    expect(isPassing(new GatewayError("payload.oversized", "x"))).toBe(false);
    expect(isPassing(new GatewayError("network.failed", "x", { retryable: true }))).toBe(false);
    expect(isPassing(new Error("store.unavailable"))).toBe(false);
  });
});

describe("redact", () => {
  it("finds a wrapped secret raw, URL-encoded, in base64 and escaped as JSON", () => {
    const value = 'a"b\\c/d+e=f&g h';
    secret(value);
    for (const form of [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString("base64"),
      JSON.stringify(value).slice(1, -1),
    ])
      expect(redact(`before ${form} after`)).toBe("before [secret] after");
  });

  it("leaves alone what was never wrapped, and what is too short to be a secret", () => {
    secret("abc");
    expect(redact("abc and never-wrapped-value")).toBe("abc and never-wrapped-value");
  });
});

describe("GatewayError", () => {
  it("takes no Retry-After that is none", () => {
    for (const retryAfterMs of [Number.NaN, -1, Infinity, 1e12])
      expect(new GatewayError("x.y", "z", { retryAfterMs }).retryAfterMs).toBeUndefined();
    expect(new GatewayError("x.y", "z", { retryAfterMs: 1500 }).retryAfterMs).toBe(1500);
  });
});

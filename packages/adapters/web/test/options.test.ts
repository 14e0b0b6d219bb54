import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { web } from "../src/index.ts";
import { resolveOptions } from "../src/options.ts";

describe("options", () => {
  it("all have a default", () => {
    expect(resolveOptions({})).toMatchObject({ path: "/chat", title: "Chat", keepRecords: 1_000, maxUploadBytes: 10_485_760 });
    expect(web().site?.path).toBe("/chat");
  });

  it.each([
    [{ path: "chat" }, "path"],
    [{ path: "/" }, "path"],
    [{ path: "/a b" }, "path"],
    [{ path: '/"><script>' }, "path"],
    [{ sessionSecret: "too short" }, "sessionSecret"],
    [{ allowedOrigins: ["https://a.example/path"] }, "allowedOrigins"],
    [{ allowedOrigins: ["a.example"] }, "allowedOrigins"],
    [{ allowedOrigins: ["*"] }, "allowedOrigins"],
    [{ allowedOrigins: ["file:///tmp"] }, "allowedOrigins"],
    [{ keepMs: 0 }, "keepMs"],
    [{ keepRecords: 1.5 }, "keepRecords"],
    [{ maxUploadBytes: Number.NaN }, "maxUploadBytes"],
  ])("%o is refused, naming %s and showing no value of a secret", (options, name) => {
    expect(() => web(options)).toThrow(
      expect.objectContaining({ code: "options.invalid", message: expect.stringContaining(name) }),
    );
    expect(() => web(options)).not.toThrow(/too short/);
  });

  it("keep the secret from whoever prints them", () => {
    const settings = resolveOptions({ sessionSecret: "canary-canary-canary" });
    expect(inspect(settings, { depth: 9 }) + JSON.stringify(settings)).not.toContain("canary");
  });
});

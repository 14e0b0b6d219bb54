import { secret } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { botIdOf, readOptions } from "../src/options.ts";
import { telegram } from "../src/index.ts";
import { token } from "./support/api.ts";

describe("options", () => {
  it("wraps secrets at once, so that printing them shows nothing", () => {
    const settings = readOptions({ token, webhookSecret: ["new_one", secret("old_one")] });
    expect(JSON.stringify(settings)).not.toContain("canary");
    expect(settings.token?.expose()).toBe(token);
    expect(settings.webhookSecrets?.map((one) => one.expose())).toEqual(["new_one", "old_one"]);
  });

  it.each([
    [{ token: "nonsense" }, "token"],
    [{ webhookSecret: "" }, "webhookSecret"],
    [{ webhookSecret: [] }, "webhookSecret"],
    [{ webhookSecret: "no spaces" }, "webhookSecret"],
    [{ webhookSecret: "x".repeat(257) }, "webhookSecret"],
    [{ apiUrl: "not a url" }, "apiUrl"],
  ])("refuses %j at once and names %s", (options, named) => {
    expect(() => telegram(options)).toThrow(
      expect.objectContaining({ code: "options.invalid", message: expect.stringContaining(named) }),
    );
  });

  it("never repeats a refused secret", () => {
    expect(() => telegram({ token: "12:very-secret" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("very-secret") }),
    );
  });

  it("takes the bot's id from the token", () => {
    expect(botIdOf(token)).toBe("123456");
    expect(botIdOf("123456")).toBeUndefined();
  });
});

import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { botIdOf, readOptions, type DiscordOptions } from "../src/options.ts";
import { application, publicKey, token } from "./support/index.ts";

describe("options", () => {
  it.each<[string, DiscordOptions]>([
    ["token", { token: "no token" }],
    ["publicKey", { publicKey: "abc" }],
    ["publicKey", { publicKey: [] }],
    ["applicationId", { applicationId: "app" }],
    ["apiUrl", { apiUrl: "nowhere" }],
    ["intents", { intents: -1 }],
    ["shards", { shards: 0 }],
    ["deferAfterMs", { deferAfterMs: 3_000 }],
  ])("refuse what can never work: %s", (name, options) => {
    expect(() => readOptions(options)).toThrow(expect.objectContaining({ code: "options.invalid" }));
    expect(() => readOptions(options)).toThrow(name);
  });

  it("wrap the token", () => {
    const settings = readOptions({ token, publicKey });
    expect(inspect(settings, { depth: 9 })).not.toContain(token);
    expect(settings.token?.expose()).toBe(token);
  });

  it("know the bot's id from its token", () => {
    expect(botIdOf(token)).toBe(application);
    expect(botIdOf("a.b.c")).toBeUndefined();
    expect(botIdOf("")).toBeUndefined();
  });
});

import { rawRequest } from "@devflow/conformance";
import type { Verdict } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { readOptions, type TelegramOptions } from "../src/options.ts";
import { verifier } from "../src/verify.ts";
import { fakeApi, token } from "./support/api.ts";

const header = "X-Telegram-Bot-Api-Secret-Token";

async function verify(
  options: TelegramOptions,
  headers: Record<string, string>,
  secrets: Record<string, string> = {},
): Promise<Verdict> {
  const context = fakeApi().context({ secrets: { BOT_TOKEN: token, ...secrets } });
  return await verifier(readOptions(options)).verify(rawRequest("{}", headers, 1), context);
}

describe("verify", () => {
  it("proves a request with the secret, from options or from the vault", async () => {
    expect(await verify({ webhookSecret: "opensesame" }, { [header]: "opensesame" })).toEqual({ proven: true });
    expect(await verify({}, { [header]: "opensesame" }, { WEBHOOK_SECRET: "opensesame" })).toEqual({ proven: true });
  });

  it("takes older secrets while they are replaced", async () => {
    const rotating = { WEBHOOK_SECRET: "new_one, old_one" };
    expect(await verify({}, { [header]: "old_one" }, rotating)).toEqual({ proven: true });
    expect(await verify({ webhookSecret: ["new_one", "old_one"] }, { [header]: "new_one" })).toEqual({ proven: true });
    expect(await verify({ webhookSecret: ["new_one", "old_one"] }, { [header]: "older" })).toMatchObject({ proven: false });
  });

  it.each(["", "opensesam", "opensesame ", "OPENSESAME", "opensesame,opensesame"])("refuses %j", async (given) => {
    expect(await verify({ webhookSecret: "opensesame" }, { [header]: given })).toMatchObject({ proven: false });
  });

  it("refuses a request without the header", async () => {
    expect(await verify({ webhookSecret: "opensesame" }, {})).toEqual({
      proven: false,
      reason: expect.stringContaining("missing"),
    });
  });

  it("lesson 32: fails closed when no secret is configured, whatever the request says", async () => {
    for (const headers of [{}, { [header]: "" }, { [header]: "undefined" }] as Record<string, string>[]) {
      expect(await verify({}, headers)).toEqual({ proven: false, reason: expect.stringContaining("TELEGRAM_WEBHOOK_SECRET") });
      expect(await verify({}, headers, { WEBHOOK_SECRET: " , " })).toMatchObject({ proven: false });
    }
  });

  it("lesson 31: parses nothing before the proof", async () => {
    const context = fakeApi().context();
    const request = {
      ...rawRequest("", { [header]: "x" }, 1),
      get body(): Uint8Array {
        throw new Error("the body was read");
      },
    };
    expect(await verifier(readOptions({ webhookSecret: "opensesame" })).verify(request, context)).toMatchObject({
      proven: false,
    });
  });

  it("says nothing of the secret in its reason", async () => {
    expect(JSON.stringify(await verify({ webhookSecret: "opensesame" }, { [header]: "guess" }))).not.toMatch(/opensesame|guess/);
  });
});

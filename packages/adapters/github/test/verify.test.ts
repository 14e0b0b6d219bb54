import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RawRequest, Verdict } from "@devflow/gateway/contract";
import { rawRequest } from "@devflow/conformance";
import { github, type GithubOptions } from "../src/index.ts";
import { signed, webhookSecret, world } from "./support/index.ts";

async function verdict(request: RawRequest, options: GithubOptions = {}, context = world()): Promise<Verdict | undefined> {
  return await github(options).transports.webhook?.verifier.verify(request, context);
}
const proven = async (...args: Parameters<typeof verdict>): Promise<boolean> => {
  const said = await verdict(...args);
  return said !== undefined && "proven" in said && said.proven;
};

describe("the proof of a webhook", () => {
  it("is GitHub's own example", async () => {
    const headers = { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" };
    expect(await proven(rawRequest("Hello, World!", headers, 0))).toBe(true);
  });

  it("covers every byte, of JSON and of forms", async () => {
    for (const form of [false, true]) {
      const body = form ? `payload=${encodeURIComponent('{"a":1}')}` : '{"a": 1}';
      expect(await proven(signed(body, { form }))).toBe(true);
    }
    const whole = signed('{"action":"opened"}');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.body.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const body = Uint8Array.from(whole.body);
        body[at] = (body[at] ?? 0) ^ flip;
        expect(await proven({ ...whole, header: whole.header.bind(whole), body })).toBe(false);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it.each<[string, RawRequest, GithubOptions, Readonly<Record<string, string>>]>([
    ["there is no signature", rawRequest("{}", { "x-hub-signature": "sha1=x" }, 0), {}, { WEBHOOK_SECRET: webhookSecret }],
    ["there is no secret", signed("{}"), {}, {}],
    ["the secret is empty", signed("{}", { secret: "" }), {}, { WEBHOOK_SECRET: "" }],
    ["it is another's", signed("{}", { secret: "other" }), {}, { WEBHOOK_SECRET: webhookSecret }],
    ["it is not SHA-256's", rawRequest("{}", { "x-hub-signature-256": "sha1=abc" }, 0), {}, { WEBHOOK_SECRET: webhookSecret }],
  ])("is refused when %s", async (_, request, options, secrets) => {
    expect(await verdict(request, options, world({ secrets }))).toMatchObject({
      proven: false,
      reason: expect.stringMatching(/\w/),
    });
  });

  it("takes either secret while one is being replaced, and no third", async () => {
    const options = { webhookSecret: ["new", "old"] };
    expect(await proven(signed("{}", { secret: "new" }), options)).toBe(true);
    expect(await proven(signed("{}", { secret: "old" }), options)).toBe(true);
    expect(await proven(signed("{}", { secret: "older" }), options)).toBe(false);
  });
});

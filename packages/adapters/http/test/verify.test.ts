import { createHmac } from "node:crypto";
import { fakeContext, rawRequest } from "@devflow/conformance";
import { secret as sealed } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { http, type HttpOptions } from "../src/index.ts";
import { at, other, secret, signed } from "./support/requests.ts";

const body = '{"type":"hello"}';

async function verify(
  options: HttpOptions,
  headers: Readonly<Record<string, string>>,
  receivedAt = at,
  sent = body,
): Promise<unknown> {
  const request = rawRequest(sent, headers, receivedAt);
  const verdict = await http(options).transports.webhook?.verifier.verify(request, fakeContext({ platform: "http" }));
  return verdict && "proven" in verdict && (verdict.proven || verdict.reason);
}

describe("Standard Webhooks", () => {
  it("reliability 3: takes five minutes either way, and not a second more", async () => {
    const verdict = (offset: number): Promise<unknown> => verify({ secret }, signed(body), at + offset * 1000);
    for (const offset of [299, 300, -299, -300]) expect(await verdict(offset)).toBe(true);
    expect(await verdict(301)).toContain("more than five minutes ago");
    expect(await verdict(-301)).toContain("in the future");
  });

  it("reliability 6: takes the old and the new secret while one is being replaced, of theirs and of ours", async () => {
    expect(await verify({ secret: [other, secret] }, signed(body))).toBe(true);
    expect(await verify({ secret: [sealed(secret), sealed(other)] }, signed(body))).toBe(true);
    const by = (one: string): string => signed(body, at, "msg_1", one)["webhook-signature"] ?? "";
    const both = { ...signed(body), "webhook-signature": `v1a,zzz ${by(other)} ${by(secret)}` };
    expect(await verify({ secret }, both)).toBe(true);
    expect(await verify({ secret }, { ...both, "webhook-signature": by(other) })).toContain("no signature by a secret of ours");
  });

  it("takes secrets with and without their prefix, from the environment too, several of them", async () => {
    expect(await verify({ secret: secret.slice("whsec_".length) }, signed(body))).toBe(true);
    const { verifier } = http().transports.webhook ?? {};
    const context = fakeContext({ platform: "http", secrets: { WEBHOOK_SECRET: `too-short, ${other}, ${secret}` } });
    expect(await verifier?.verify(rawRequest(body, signed(body), at), context)).toMatchObject({ proven: true });
    const short = fakeContext({ platform: "http", secrets: { WEBHOOK_SECRET: "whsec_c2hvcnQ=" } });
    expect(await verifier?.verify(rawRequest(body, signed(body), at), short)).toMatchObject({ proven: false });
  });

  it("signs the id too: under another it is not proven", async () => {
    expect(await verify({ secret }, { ...signed(body), "webhook-id": "msg_2" })).not.toBe(true);
    expect(await verify({ secret }, { ...signed(body), "webhook-timestamp": "1e9" })).toContain("no number");
  });

  it("reliability 4: refuses 2,000 forgeries", async () => {
    const genuine = signed(body);
    const base64 = fc.base64String({ minLength: 40, maxLength: 48 });
    const forged = fc.oneof(
      base64.map((one) => `v1,${one}`),
      fc.string(),
      fc
        .constantFrom("v2,", "v1a,", "V1,", "v1, ", "sha256=")
        .map((version) => (genuine["webhook-signature"] ?? "").replace("v1,", version)),
      fc.nat(46).map((at_) => (genuine["webhook-signature"] ?? "").slice(0, at_)),
    );
    await fc.assert(
      fc.asyncProperty(forged, async (signature) => {
        expect(await verify({ secret }, { ...genuine, "webhook-signature": signature })).not.toBe(true);
      }),
      { numRuns: 2000, seed: 4 },
    );
  });
});

describe("other proofs", () => {
  it.each(["sha1", "sha256", "sha512"] as const)(
    "takes an HMAC by %s, in hex and base64, with and without a prefix",
    async (algorithm) => {
      for (const encoding of ["hex", "base64"] as const) {
        for (const prefix of ["", `${algorithm}=`]) {
          const scheme = { header: "X-Signature", algorithm, encoding, prefix };
          const right = prefix + createHmac(algorithm, "any secret").update(body).digest(encoding);
          expect(await verify({ secret: ["old", "any secret"], scheme }, { "x-signature": right })).toBe(true);
          expect(await verify({ secret: "old", scheme }, { "x-signature": right })).toContain("X-Signature is not by a secret");
          expect(await verify({ secret: "any secret", scheme }, { "x-signature": right }, at, `${body} `)).not.toBe(true);
          expect(await verify({ secret: "any secret", scheme }, {})).toContain("is missing");
        }
      }
    },
  );

  it("does not take one proof for another", async () => {
    const scheme = { header: "x-signature", prefix: "sha256=" };
    const sha1 = `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`;
    expect(await verify({ secret, scheme }, { "x-signature": sha1 })).not.toBe(true);
    expect(await verify({ secret, scheme }, signed(body))).not.toBe(true);
    expect(await verify({ secret }, { authorization: `Bearer ${secret}` })).not.toBe(true);
    expect(await verify({ secret, scheme: "bearer" }, signed(body))).not.toBe(true);
  });

  it("takes a bearer token, whatever the case of the word before it", async () => {
    const token = "a-token-of-more-than-24-characters";
    for (const word of ["Bearer", "bearer", "BEARER "])
      expect(await verify({ secret: token, scheme: "bearer" }, { authorization: `${word} ${token}` })).toBe(true);
    for (const wrong of [token, `Basic ${token}`, `Bearer ${token}x`, `Bearer ${token.slice(1)}`, "Bearer ", `Bearer ${token} x`])
      expect(await verify({ secret: token, scheme: "bearer" }, { authorization: wrong })).not.toBe(true);
  });
});

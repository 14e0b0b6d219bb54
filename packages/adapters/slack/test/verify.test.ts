import { createHmac } from "node:crypto";
import { rawRequest } from "@devflow/conformance";
import { secret } from "@devflow/gateway/kit";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { slack, type SlackOptions } from "../src/index.ts";
import { message, envelope, now, signed, signingSecret, world } from "./support/index.ts";

const body = JSON.stringify(envelope(message()));

function verify(request = signed(body), options: SlackOptions = {}, context = world()): unknown {
  return slack(options).transports.webhook?.verifier.verify(request, context);
}

describe("verifier", () => {
  it("accepts what Slack signed, at both ends of the window", () => {
    expect(verify()).toEqual({ proven: true });
    expect(verify(signed(body, { at: now - 299_000 }))).toEqual({ proven: true });
    expect(verify(signed(body, { at: now + 299_000 }))).toEqual({ proven: true });
  });

  it("refuses a replay from either side of the window", () => {
    expect(verify(signed(body, { at: now - 301_000 }))).toMatchObject({ proven: false });
    expect(verify(signed(body, { at: now + 301_000 }))).toMatchObject({ proven: false });
  });

  it("refuses when no secret is there, and when it is empty", () => {
    expect(verify(signed(body), {}, world({ secrets: {} }))).toMatchObject({
      proven: false,
      reason: expect.stringContaining("SLACK_SIGNING_SECRET"),
    });
    expect(verify(signed(body, { secret: "" }), {}, world({ secrets: { SIGNING_SECRET: "" } }))).toMatchObject({ proven: false });
  });

  it("accepts either secret while one replaces the other", () => {
    const options = { signingSecret: ["new-secret", secret(signingSecret)] };
    expect(verify(signed(body), options)).toEqual({ proven: true });
    expect(verify(signed(body, { secret: "new-secret" }), options)).toEqual({ proven: true });
    expect(verify(signed(body, { secret: "third" }), options)).toMatchObject({ proven: false });
  });

  it("refuses no delivery while the secrets rotate", () => {
    const { verifier } = slack({ signingSecret: [signingSecret, "next"] }).transports.webhook ?? {};
    const context = world();
    for (let index = 0; index < 10_000; index++) {
      const request = signed(`{"n":${index}}`, { secret: index % 3 === 0 ? "next" : signingSecret });
      expect(verifier?.verify(request, context)).toEqual({ proven: true });
    }
  });

  it("asks the vault, which may take its time", async () => {
    const context = { ...world(), secret: async () => secret(signingSecret) };
    await expect(slack().transports.webhook?.verifier.verify(signed(body), context)).resolves.toEqual({ proven: true });
  });

  it("refuses every forgery, and parses none of them", () => {
    const parse = vi.spyOn(JSON, "parse");
    const right = signed(body);
    const proof = right.header("x-slack-signature") ?? "";
    const time = right.header("x-slack-request-timestamp") ?? "";
    const sha1 = createHmac("sha1", signingSecret).update(`v0:${time}:${body}`).digest("hex");
    const forgeries = [
      proof.slice(0, -1),
      proof.toUpperCase(),
      proof.slice(3),
      "",
      "v0=",
      `${proof}, ${proof}`,
      `sha1=${sha1}`,
      `v0=${"g".repeat(64)}`,
      `v1=${proof.slice(3)}`,
    ];
    for (const forged of forgeries) {
      const headers = { "content-type": "application/json", "x-slack-request-timestamp": time, "x-slack-signature": forged };
      expect(verify(rawRequest(body, headers, now))).toMatchObject({ proven: false });
    }
    for (const odd of ["", "-1", "1e9", ` ${time}`, `${time}.5`, "NaN", `${time}0`]) {
      const hmac = createHmac("sha256", signingSecret).update(`v0:${odd}:${body}`).digest("hex");
      const headers = { "x-slack-request-timestamp": odd, "x-slack-signature": `v0=${hmac}` };
      expect(verify(rawRequest(body, headers, now))).toMatchObject({ proven: false });
    }
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it("refuses any other signature", () => {
    const time = String(now / 1000);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^v0=[0-9a-f]{64}$/)), (forged) => {
        const headers = { "x-slack-request-timestamp": time, "x-slack-signature": forged };
        expect(verify(rawRequest(body, headers, now))).toMatchObject({ proven: false });
      }),
      { numRuns: 10_000 },
    );
  });

  it("refuses any body but the one that was signed", () => {
    const right = signed(body);
    const headers = {
      "x-slack-request-timestamp": right.header("x-slack-request-timestamp") ?? "",
      "x-slack-signature": right.header("x-slack-signature") ?? "",
    };
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(body);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        expect(verify(rawRequest(bytes, headers, now))).toMatchObject({ proven: false });
      }),
    );
  });

  it("answers the unsigned certificate probe and hears nothing beside it", () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(verify(rawRequest("token=x&ssl_check=1", form, now))).toEqual({ answer: { status: 200 } });
    expect(verify(rawRequest("ssl_check=1&command=/deploy&text=prod", form, now))).toEqual({ answer: { status: 200 } });
    expect(verify(rawRequest("xssl_check=1", form, now))).toMatchObject({ proven: false });
    expect(verify(rawRequest("ssl_check=10", form, now))).toMatchObject({ proven: false });
    expect(verify(rawRequest("ssl_check=1", { "content-type": "application/json" }, now))).toMatchObject({ proven: false });
  });

  it("lesson 31: the handshake is refused while it is unsigned", () => {
    const challenge = JSON.stringify({ type: "url_verification", challenge: "c" });
    expect(verify(rawRequest(challenge, { "content-type": "application/json" }, now))).toMatchObject({ proven: false });
  });

  it("lesson 32: takes no longer for a good guess than for a bad one", () => {
    const proof = signed(body, { at: now }).header("x-slack-signature") ?? "";
    const close = `${proof.slice(0, -1)}${proof.endsWith("0") ? "1" : "0"}`;
    // A leak shows in every measurement, the machine's other work only in some.
    const measured = Array.from({ length: 5 }, () => difference(close, `v0=${"0".repeat(64)}`));
    expect(Math.min(...measured)).toBeLessThan(4.5);
  });
});

/** Welch's t of the times that two guesses take. */
function difference(...guesses: readonly [string, string]): number {
  const { verifier } = slack({ signingSecret }).transports.webhook ?? {};
  const context = world();
  const requests = guesses.map((guess) => {
    const signature = Buffer.from(guess).toString();
    return rawRequest(body, { "x-slack-request-timestamp": String(now / 1000), "x-slack-signature": signature }, now);
  });
  const samples: [number[], number[]] = [[], []];
  for (let round = 0; round < 12_000; round++) {
    const which = (round * 2_654_435_761) % 7 < 3 ? 0 : 1;
    const request = requests[which];
    const start = process.hrtime.bigint();
    if (request) void verifier?.verify(request, context);
    samples[which].push(Number(process.hrtime.bigint() - start));
  }
  return Math.abs(welch(trimmed(samples[0]), trimmed(samples[1])));
}

/** Without warm-up and without what the machine did meanwhile. */
function trimmed(times: readonly number[]): readonly number[] {
  const warm = times.slice(1_000);
  return warm.toSorted((a, b) => a - b).slice(0, Math.floor(warm.length * 0.8));
}

function welch(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
  const spread = (list: readonly number[], m: number): number =>
    list.reduce((sum, x) => sum + (x - m) ** 2, 0) / (list.length - 1) / list.length;
  const [ma, mb] = [mean(a), mean(b)];
  return (ma - mb) / Math.sqrt(spread(a, ma) + spread(b, mb));
}

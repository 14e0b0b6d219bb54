import { describe, expect, it } from "vitest";
import type { RawRequest, Verdict } from "@devflow/gateway/contract";
import { rawRequest } from "@devflow/conformance";
import { gitlab, type GitlabOptions } from "../src/index.ts";
import { now, signature, signed, signingSecret, world } from "./support/index.ts";

const body = '{"object_kind":"push"}';
const other = `whsec_${Buffer.from("another secret of 32 bytes......").toString("base64")}`;

async function verdict(
  request: RawRequest,
  options: GitlabOptions = {},
  secrets: Record<string, string> = {},
): Promise<Verdict | undefined> {
  return await gitlab(options).transports.webhook?.verifier.verify(request, world({ secrets }));
}
const token = (value: string, more: Readonly<Record<string, string>> = {}) =>
  rawRequest(body, { "x-gitlab-token": value, ...more }, now);

describe("signatures", () => {
  it("fit the vector of the format's description", async () => {
    const headers = {
      "webhook-id": "f5e5f430-f57b-4e6e-9fac-d9128cd7232f",
      "webhook-timestamp": "1747900800",
      "webhook-signature": "v1,gj7u/E/fn4mgJhDEq1f54ddcyrW8Xv86AibDAiY7XtI=",
    };
    const options = { webhookSecret: signingSecret };
    expect(await verdict(rawRequest(body, headers, 1_747_900_800_000), options)).toEqual({ proven: true, account: "default" });
    expect(await verdict(rawRequest(`${body} `, headers, 1_747_900_800_000), options)).toMatchObject({ proven: false });
    expect(await verdict(rawRequest(body, { ...headers, "webhook-id": "f" }, 1_747_900_800_000), options)).toMatchObject({
      proven: false,
    });
  });

  it("are let through for five minutes in either direction", async () => {
    const options = { webhookSecret: signingSecret };
    expect(await verdict(signed(body, {}, now - 300_000), options)).toMatchObject({ proven: true });
    expect(await verdict(signed(body, {}, now - 301_000), options)).toMatchObject({ proven: false });
    expect(await verdict(signed(body, {}, now + 301_000), options)).toMatchObject({ proven: false });
  });

  it("may be several, and so may the secrets while one is being replaced", async () => {
    const options = { webhookSecret: [other, signingSecret] };
    expect(await verdict(signed(body), options)).toMatchObject({ proven: true });
    const timestamp = String(now / 1000);
    const both = `v1,AAAA ${signature("i", timestamp, body, other)}`;
    const headers = { "webhook-id": "i", "webhook-timestamp": timestamp, "webhook-signature": both };
    expect(await verdict(rawRequest(body, headers, now), options)).toMatchObject({ proven: true });
    expect(await verdict(signed(body), { webhookSecret: other })).toMatchObject({ proven: false });
  });

  it("are wanted where a signing secret is set: the secret itself proves nothing", async () => {
    expect(await verdict(token(signingSecret), { webhookSecret: signingSecret })).toMatchObject({ proven: false });
  });
});

describe("tokens", () => {
  it("prove where no signing secret is set, on instances that sign too", async () => {
    expect(await verdict(token("plain-secret"), { webhookSecret: "plain-secret" })).toMatchObject({ proven: true });
    const foreign = { "webhook-id": "i", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA" };
    expect(await verdict(token("plain-secret", foreign), { webhookSecret: "plain-secret" })).toMatchObject({ proven: true });
    expect(await verdict(token("plain-secret2"), { webhookSecret: "plain-secret" })).toMatchObject({ proven: false });
    expect(await verdict(token(""), { webhookSecret: "plain-secret" })).toMatchObject({ proven: false });
  });

  it("come from the environment, and an empty one lets nobody in", async () => {
    expect(await verdict(token("from-env"), {}, { WEBHOOK_SECRET: "from-env" })).toMatchObject({ proven: true });
    expect(await verdict(token(""), {}, { WEBHOOK_SECRET: "" })).toMatchObject({ proven: false });
    expect(await verdict(token("x"))).toMatchObject({ proven: false, reason: expect.stringContaining("GITLAB_WEBHOOK_SECRET") });
    expect(await verdict(rawRequest(body, {}, now), { webhookSecret: "x" })).toMatchObject({ proven: false });
  });
});

describe("accounts", () => {
  const accounts = {
    com: { webhookSecret: "one-secret" },
    own: { apiUrl: "https://git.example/gitlab/", webhookSecret: ["two-secret", "shared"] },
    third: { apiUrl: "https://third.example", webhookSecret: "shared" },
  };

  it("are told by the secret that fits", async () => {
    expect(await verdict(token("one-secret"), { accounts })).toEqual({ proven: true, account: "com" });
    expect(await verdict(token("two-secret"), { accounts })).toEqual({ proven: true, account: "own" });
  });

  it("are told by the instance where they share one", async () => {
    expect(await verdict(token("shared", { "x-gitlab-instance": "https://third.example" }), { accounts })).toMatchObject({
      account: "third",
    });
    expect(await verdict(token("shared", { "x-gitlab-instance": "https://git.example/gitlab" }), { accounts })).toMatchObject({
      account: "own",
    });
    expect(await verdict(token("shared"), { accounts })).toMatchObject({ account: "own" });
  });
});

describe("options", () => {
  it.each<[string, GitlabOptions]>([
    ["apiUrl", { apiUrl: "gitlab.com" }],
    ["apiUrl", { accounts: { a: { apiUrl: "file:///etc" } } }],
    ["webhookSecret", { webhookSecret: "" }],
    ["webhookSecret", { webhookSecret: [] }],
    ["trigger", { token: "glptt-x" }],
    ["one of them", { token: "a", oauthToken: "b" }],
    ["name", { accounts: { "": {} } }],
    ["timeoutMs", { timeoutMs: 0 }],
    ["sweepMs", { sweepMs: -1 }],
  ])("refuse a wrong %s at once", (word, options) => {
    expect(() => gitlab(options)).toThrow(word);
  });
});

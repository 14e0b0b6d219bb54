import { createHash, createHmac } from "node:crypto";
import { rawRequest } from "@devflow/conformance";
import { describe, expect, it } from "vitest";
import { jira, type JiraOptions } from "../src/index.ts";
import { now, webhookSecret, world } from "./support/index.ts";

type Raw = Parameters<typeof rawRequest>;
const seconds = now / 1000;

async function verdict(
  headers: Raw[1],
  options: JiraOptions = {},
  url = "/webhooks/jira",
  body = "Hello World!",
  secrets = { WEBHOOK_SECRET: webhookSecret },
) {
  const request = rawRequest(body, headers, now, { url });
  return await jira(options).transports.webhook?.verifier.verify(request, world({ secrets }));
}

const proven = { proven: true, account: "default" };
const refused = (reason: RegExp): object => ({ proven: false, reason: expect.stringMatching(reason) as unknown });

/** A token as Atlassian makes one, by code of its own. */
function token(claims: object, secret = webhookSecret, head: object = { alg: "HS256", typ: "JWT" }): string {
  const [a, b] = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return `${a}.${b}.${createHmac("sha256", secret).update(`${a}.${b}`).digest("base64url")}`;
}

describe("a signature", () => {
  it("is the one that Atlassian gives as an example", async () => {
    const signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
    expect(await verdict({ "x-hub-signature": signature })).toEqual(proven);
    expect(await verdict({ "x-hub-signature": signature }, {}, "/webhooks/jira", "Hello World?")).toEqual(
      refused(/does not fit/),
    );
  });

  it("may be of a longer method, and of no unknown one", async () => {
    const hmac = (method: string): string =>
      `${method}=${createHmac(method, webhookSecret).update("Hello World!").digest("hex")}`;
    expect(await verdict({ "x-hub-signature": hmac("sha512") })).toEqual(proven);
    expect(await verdict({ "x-hub-signature": hmac("sha1") })).toEqual(refused(/no known method/));
    expect(await verdict({ "x-hub-signature": "plain" })).toEqual(refused(/no known method/));
  });

  it("holds under each secret while one is being replaced, and says which account it is", async () => {
    const options = { accounts: { a: { webhookSecret: ["new-secret", webhookSecret] }, b: { webhookSecret: "another" } } };
    const sign = (secret: string): string => `sha256=${createHmac("sha256", secret).update("Hello World!").digest("hex")}`;
    expect(await verdict({ "x-hub-signature": sign(webhookSecret) }, options)).toEqual({ proven: true, account: "a" });
    expect(await verdict({ "x-hub-signature": sign("another") }, options)).toEqual({ proven: true, account: "b" });
    expect(await verdict({ "x-hub-signature": sign("a third") }, options)).toEqual(refused(/does not fit/));
  });

  it("that is wrong is not saved by a weaker proof beside it", async () => {
    const url = `/webhooks/jira?secret=${encodeURIComponent(webhookSecret)}`;
    expect(await verdict({ "x-hub-signature": "sha256=00" }, {}, url)).toEqual(refused(/does not fit/));
  });
});

describe("a token of an OAuth app", () => {
  const bearer = (claims: object, secret?: string, head?: object) => ({ authorization: `Bearer ${token(claims, secret, head)}` });

  it("is signed with the client secret and of now", async () => {
    expect(await verdict(bearer({ iat: seconds, exp: seconds + 60 }))).toEqual(proven);
    expect(await verdict(bearer({ iat: seconds }))).toEqual(proven);
    expect(await verdict(bearer({ iat: seconds - 600, exp: seconds - 100 }))).toEqual(refused(/expired/));
    expect(await verdict(bearer({ iat: seconds - 600 }))).toEqual(refused(/expired/));
    expect(await verdict(bearer({ iat: seconds + 600 }))).toEqual(refused(/to come/));
    expect(await verdict(bearer({ exp: seconds + 60 }))).toEqual(refused(/no time/));
    expect(await verdict(bearer({ iat: seconds }, "another"))).toEqual(refused(/another secret/));
  });

  it("names the algorithm that is expected, and no other", async () => {
    for (const alg of ["none", "RS256", "HS512", undefined]) {
      expect(await verdict(bearer({ iat: seconds }, webhookSecret, { alg }))).toEqual(refused(/no JWT of HS256/));
    }
    expect(await verdict({ authorization: "Bearer x" })).toEqual(refused(/no JWT/));
    expect(await verdict({ authorization: `Bearer ${token({ iat: seconds })}.x` })).toEqual(refused(/no JWT/));
  });

  it("of an app on several sites is taken for the site that the body names", async () => {
    const one = (name: string) => ({ apiUrl: `https://${name}.atlassian.net`, webhookSecret });
    const options = { accounts: { a: one("a"), b: one("b") } };
    const body = JSON.stringify({ issue: { self: "https://b.atlassian.net/rest/api/2/issue/1" } });
    expect(await verdict(bearer({ iat: seconds }), options, "/webhooks/jira", body)).toEqual({ proven: true, account: "b" });
    const stranger = body.replace("//b.", "//c.");
    for (const other of ["{", "{}", stranger]) {
      expect(await verdict(bearer({ iat: seconds }), options, "/webhooks/jira", other)).toEqual(refused(/none of those/));
    }
    const twice = { accounts: { a: { ...one("a"), webhookSecret: [webhookSecret, webhookSecret] } } };
    expect(await verdict(bearer({ iat: seconds }), twice, "/webhooks/jira", "{")).toEqual({ proven: true, account: "a" });
  });
});

describe("a token of a Connect app", () => {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const signed = (qsh: string) => ({ authorization: `JWT ${token({ iat: seconds, exp: seconds + 60, qsh })}` });

  it("is of the request that it came with", async () => {
    expect(await verdict(signed(hash("POST&/webhooks/jira&")))).toEqual(proven);
    expect(await verdict(signed(hash("GET&/webhooks/jira&")))).toEqual(refused(/another request/));
    expect(await verdict(signed(""))).toEqual(refused(/another request/));
  });

  it("counts the path from the app's base address, and the query sorted and encoded", async () => {
    const url = "/app/webhooks/jira?user_id=ada%40x&a=2&a=1%2C3";
    expect(await verdict(signed(hash("POST&/webhooks/jira&a=1%2C3,2&user_id=ada%40x")), {}, url)).toEqual(proven);
    expect(await verdict(signed(hash("POST&/app/webhooks/jira&a=1%2C3,2&user_id=ada%40x")), {}, url)).toEqual(proven);
    expect(await verdict(signed(hash("POST&/webhooks/jira&a=2,1%2C3&user_id=ada%40x")), {}, url)).toEqual(
      refused(/another request/),
    );
  });

  it("may stand in the address", async () => {
    const jwt = token({ iat: seconds, exp: seconds + 60, qsh: hash("POST&/webhooks/jira&x=1") });
    expect(await verdict({}, {}, `/webhooks/jira?x=1&jwt=${jwt}`)).toEqual(proven);
  });
});

describe("older servers", () => {
  it("prove themselves by a secret in the address, named once", async () => {
    const secret = encodeURIComponent(webhookSecret);
    expect(await verdict({}, {}, `/webhooks/jira?secret=${secret}&user_id=ada`)).toEqual(proven);
    expect(await verdict({}, {}, `/webhooks/jira?secret=${secret}x`)).toEqual(refused(/another/));
    expect(await verdict({}, {}, `/webhooks/jira?secret=x&secret=${secret}`)).toEqual(refused(/another/));
    expect(await verdict({}, {}, "/webhooks/jira?secret=")).toEqual(refused(/another/));
  });

  it("may use a password", async () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    expect(await verdict(basic(`jira:${webhookSecret}`))).toEqual(proven);
    expect(await verdict(basic("jira:guess"))).toEqual(refused(/password/));
    expect(await verdict(basic(webhookSecret))).toEqual(refused(/password/));
  });
});

describe("nobody", () => {
  it("is believed without a proof, nor without a secret of ours", async () => {
    expect(await verdict({})).toEqual(refused(/neither a signature nor a token/));
    expect(await verdict({ authorization: "Digest x" })).toEqual(refused(/neither/));
    expect(await verdict({ "x-hub-signature": "sha256=00" }, {}, "/", "{}", { WEBHOOK_SECRET: "" })).toEqual(
      refused(/JIRA_WEBHOOK_SECRET/),
    );
    expect(await verdict({}, {}, "/webhooks/jira?secret=", "{}", { WEBHOOK_SECRET: "" })).toEqual(refused(/JIRA_WEBHOOK_SECRET/));
  });
});

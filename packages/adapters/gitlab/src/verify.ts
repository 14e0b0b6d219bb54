import type { AdapterContext, RawRequest, Secret, Verdict, Verifier } from "@devflow/gateway/contract";
import { equalInConstantTime } from "@devflow/gateway/kit";
import { createHmac } from "node:crypto";
import { instanceOf, webhookSecrets, type Settings } from "./options.ts";

/** A signed request is as good as new for this long, in either direction. */
const toleranceMs = 300_000;
const signs = "whsec_";

/**
 * Proves GitLab's requests under any secret of any account, and tells the account: a signature (Standard Webhooks:
 * HMAC-SHA256 over `<id>.<timestamp>.<body>`) where a signing secret is set, else the token in `X-Gitlab-Token`.
 */
export function createVerifier(settings: Settings): Verifier {
  return {
    async verify(request, context) {
      const signed = request.header("webhook-signature") !== undefined;
      if (!signed && request.header("x-gitlab-token") === undefined) return refuse("there is neither signature nor token");
      const proven: string[] = [];
      let signing = false;
      let any = false;
      for (const account of settings.accounts.keys()) {
        const secrets = await webhookSecrets(settings, account, context);
        any ||= secrets.length > 0;
        signing ||= secrets.some((one) => one.expose().startsWith(signs));
        if (secrets.some((one) => proves(one, request, signed))) proven.push(account);
      }
      if (!any) return refuse("there is no secret: set GITLAB_WEBHOOK_SECRET or the option `webhookSecret`");
      if (signed && signing && !isFresh(request)) return refuse("the timestamp is missing or too far from now");
      const account = chosen(proven, request, settings, context);
      if (account !== undefined) return { proven: true, account };
      return refuse(signed && signing ? "the signature does not fit the body" : "the token is another");
    },
  };
}

/** A signing secret proves by signatures alone: sent as a token, it would be known to whoever reads the request. */
function proves(secret: Secret, request: RawRequest, signed: boolean): boolean {
  const value = secret.expose();
  if (value.startsWith(signs)) return signed && isFresh(request) && signatureFits(value.slice(signs.length), request);
  const token = request.header("x-gitlab-token");
  return token !== undefined && equalInConstantTime(value, token);
}

function signatureFits(key: string, request: RawRequest): boolean {
  const id = request.header("webhook-id") ?? "";
  const timestamp = request.header("webhook-timestamp") ?? "";
  const hmac = createHmac("sha256", Buffer.from(key, "base64")).update(`${id}.${timestamp}.`).update(request.body);
  const expected = `v1,${hmac.digest("base64")}`;
  let fits = false;
  for (const one of (request.header("webhook-signature") ?? "").split(" ")) fits = equalInConstantTime(expected, one) || fits;
  return fits;
}

function isFresh(request: RawRequest): boolean {
  const timestamp = request.header("webhook-timestamp") ?? "";
  return /^\d{1,11}$/.test(timestamp) && Math.abs(request.receivedAt - Number(timestamp) * 1000) <= toleranceMs;
}

/** Where accounts share a secret, the instance that sent it decides. */
function chosen(proven: readonly string[], request: RawRequest, settings: Settings, context: AdapterContext): string | undefined {
  const instance = request.header("x-gitlab-instance")?.replace(/\/+$/, "");
  const here = proven.find((account) => instance !== undefined && instanceOf(settings, account, context) === instance);
  return here ?? proven[0];
}

function refuse(reason: string): Verdict {
  return { proven: false, reason };
}

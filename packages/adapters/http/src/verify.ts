import { createHmac } from "node:crypto";
import type { AdapterContext, RawRequest, Verdict, Verifier } from "@devflow/gateway/contract";
import { equalInConstantTime } from "@devflow/gateway/kit";
import { isUsable, keyOf, source, type HttpSignature, type Settings } from "./options.ts";
import { signatureOf } from "./wire.ts";

/** Standard Webhooks: five minutes, in both directions. */
const toleranceMs = 300_000;

/**
 * Proves a request by the source's scheme, from its exact bytes. Every secret is tried on every signature given, so the time
 * does not tell which one came near.
 */
export function verifier(settings: Settings): Verifier {
  const { scheme, platform } = settings;
  return {
    async verify(request: RawRequest, context: AdapterContext): Promise<Verdict> {
      const secrets = await secretsOf(settings, context);
      if (secrets.length === 0)
        return refused(`no usable secret is configured for ${platform}: \`secret\`, or WEBHOOK_SECRET after the platform's name`);
      const reason = check(request, secrets, scheme);
      return reason === undefined ? { proven: true, account: source } : refused(reason);
    },
  };
}

async function secretsOf(settings: Settings, context: AdapterContext): Promise<readonly string[]> {
  const given = settings.secrets?.map((one) => one.expose());
  const listed = given ?? (await context.secret("WEBHOOK_SECRET"))?.expose().split(",") ?? [];
  return listed.map((one) => one.trim()).filter((one) => isUsable(one, settings.scheme));
}

/** Why the request is not proven. Undefined when it is. */
function check(request: RawRequest, secrets: readonly string[], scheme: Settings["scheme"]): string | undefined {
  if (scheme === "standard") return checkStandard(request, secrets);
  if (scheme === "bearer") return checkBearer(request, secrets);
  return checkHmac(request, secrets, scheme);
}

function checkStandard(request: RawRequest, secrets: readonly string[]): string | undefined {
  const [id, seconds, given] = ["id", "timestamp", "signature"].map((name) => request.header(`webhook-${name}`) ?? "");
  if (!id || !seconds || !given) return "a header webhook-id, webhook-timestamp or webhook-signature is missing";
  if (!/^\d{1,11}$/.test(seconds)) return "webhook-timestamp is no number of seconds";
  const ageMs = request.receivedAt - Number(seconds) * 1000;
  if (Math.abs(ageMs) > toleranceMs) return `it was signed ${ageMs > 0 ? "more than five minutes ago" : "in the future"}`;
  const right = secrets.map((one) => signatureOf(keyOf(one) ?? new Uint8Array(), id, seconds, request.body));
  return anyOf(given.split(" "), right) ? undefined : "webhook-signature has no signature by a secret of ours";
}

function checkBearer(request: RawRequest, secrets: readonly string[]): string | undefined {
  const given = /^bearer +(\S+)$/i.exec(request.header("authorization") ?? "")?.[1];
  if (given === undefined) return "the header authorization has no bearer token";
  return anyOf([given], secrets) ? undefined : "the token in authorization is not ours";
}

function checkHmac(request: RawRequest, secrets: readonly string[], scheme: HttpSignature): string | undefined {
  const { header, algorithm = "sha256", prefix = "", encoding = "hex" } = scheme;
  const given = request.header(header.toLowerCase());
  if (!given) return `the header ${header} is missing`;
  const right = secrets.map((one) => prefix + createHmac(algorithm, one).update(request.body).digest(encoding));
  return anyOf([given], right) ? undefined : `the signature in ${header} is not by a secret of ours`;
}

function anyOf(given: readonly string[], right: readonly string[]): boolean {
  return given.flatMap((one) => right.filter((other) => equalInConstantTime(one, other))).length > 0;
}

function refused(reason: string): Verdict {
  return { proven: false, reason };
}

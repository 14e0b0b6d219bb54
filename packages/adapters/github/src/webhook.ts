import type { VerifiedRequest, WebhookTransport } from "@devflow/gateway/contract";
import { GatewayError, parseObject } from "@devflow/gateway/kit";
import { readArrival } from "./normalize/index.ts";
import { platform, type Settings } from "./options.ts";
import { createVerifier } from "./verify.ts";

/** Webhooks of repositories, organizations and Apps, as JSON or as a form. GitHub wants its answer within ten seconds. */
export function createWebhook(settings: Settings): WebhookTransport {
  return {
    verifier: createVerifier(settings),
    receive(request) {
      const [via, id] = [header(request, "x-github-event"), header(request, "x-github-delivery")];
      const body = bodyOf(request);
      const arrival = { id, via, payload: parseObject(body, platform), body, receivedAt: request.receivedAt };
      return { deliveries: [readArrival(arrival, settings.account)], response: { status: 202 } };
    },
  };
}

/** The payload's JSON, which a form has in its only field. */
function bodyOf(request: VerifiedRequest): string {
  const { buffer, byteOffset, byteLength } = request.body;
  const body = Buffer.from(buffer, byteOffset, byteLength).toString();
  if (request.header("content-type")?.startsWith("application/x-www-form-urlencoded") !== true) return body;
  const payload = new URLSearchParams(body).get("payload");
  if (payload !== null) return payload;
  throw new GatewayError("wire.malformed", "github: the form has no payload.", { platform });
}

function header(request: VerifiedRequest, name: string): string {
  const value = request.header(name);
  if (value !== undefined && /^[\w.:-]{1,128}$/.test(value)) return value;
  throw new GatewayError("wire.malformed", `github: the header ${name} is missing or malformed.`, { platform });
}

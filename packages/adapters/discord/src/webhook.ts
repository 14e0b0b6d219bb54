import { hash } from "node:crypto";
import type { AdapterContext, Reception, Verifier, VerifiedRequest, WebhookTransport } from "@devflow/gateway/contract";
import { GatewayError, parseObject, type JsonObject } from "@devflow/gateway/kit";
import { deferLater, type Clients } from "./client/index.ts";
import { readArrival, wrapInteraction } from "./normalize/index.ts";
import { platform, type Settings } from "./options.ts";
import { holdsKept, id, interactionTypes, object, restoreLong, routeOf, text } from "./wire/index.ts";

/** How long an interaction is remembered, so that it is taken once: longer than its signature is accepted. */
const nonceMs = 660_000;

/** `POST /webhooks/discord`: the address for interactions, and for webhook events. */
export function webhook(settings: Settings, clients: Clients, verifier: Verifier): WebhookTransport {
  return {
    verifier,
    async receive(request, context) {
      const body = Buffer.from(request.body).toString();
      const payload = parseObject(body, platform);
      if (payload["event"] !== undefined || payload["type"] === 0) return readNotice(payload, body, request, settings);
      if (payload["type"] === 1) return { deliveries: [], response: json({ type: 1 }) };
      return await readInteraction(payload, body, request, settings, clients, context);
    },
  };
}

/**
 * An interaction is answered with 202, which tells Discord that the answer comes by a request of ours: the first answer may
 * then be a message, a form, or after a while the word that it takes longer.
 */
async function readInteraction(
  payload: JsonObject,
  body: string,
  { receivedAt }: VerifiedRequest,
  settings: Settings,
  clients: Clients,
  context: AdapterContext,
): Promise<Reception> {
  const account = id(payload["application_id"]);
  const known = id(payload["id"]);
  if (account === undefined || known === undefined) {
    throw new GatewayError("wire.malformed", "discord: the request is no interaction: it lacks its id or its application.", {
      platform,
    });
  }
  const seen = await context.memory.set(`seen/${account}/${known}`, true, { ttlMs: nonceMs, ifVersion: 0 });
  if (seen === false) {
    context.log.warn({ platform, account }, "discord: an interaction came twice; it was refused");
    return { deliveries: [], response: { status: 401, body: "seen before" } };
  }
  const whole = holdsKept(payload) ? await restoreLong(payload, context.memory) : payload;
  const spelled = whole === payload ? body : JSON.stringify(whole);
  const reception = readArrival({
    dispatch: { t: "INTERACTION_CREATE", d: whole },
    body: wrapInteraction(spelled),
    account,
    session: "",
    receivedAt,
    intents: settings.intents,
  });
  if (payload["type"] === interactionTypes.autocomplete) return reception;
  const route = routeOf(whole);
  if (route) deferLater(route, settings.deferAfterMs, clients, account, context);
  return { ...reception, response: { status: 202 } };
}

/** A webhook event, such as an installation; a ping of its address has none. Discord sends it again until it is answered with 204. */
function readNotice(payload: JsonObject, body: string, { receivedAt }: VerifiedRequest, settings: Settings): Reception {
  const response = { status: 204 };
  const event = object(payload["event"]);
  const account = id(payload["application_id"]);
  const name = text(event["type"]);
  if (account === undefined || name === undefined) return { deliveries: [], response };
  const dispatch = { t: name, d: event["data"] ?? {}, at: event["timestamp"] ?? null };
  const spelled = JSON.stringify(dispatch);
  const session = hash("sha256", body, "hex");
  const arrival = { dispatch, body: spelled, account, session, receivedAt, intents: settings.intents };
  return { ...readArrival(arrival), response };
}

function json(body: object): { status: number; headers: Record<string, string>; body: string } {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

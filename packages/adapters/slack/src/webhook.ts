import type { AdapterContext, Reception, VerifiedRequest, WebhookTransport } from "@devflow/gateway/contract";
import { GatewayError, parseObject, type JsonObject } from "@devflow/gateway/kit";
import { readArrival, type Arrival } from "./normalize/index.ts";
import { platform, type Settings } from "./options.ts";
import { createVerifier } from "./verify.ts";
import { holdsKept, restoreLong } from "./wire/index.ts";

/** The request URLs of events, interactivity and slash commands: one address serves all three. */
export function createWebhook(settings: Settings): WebhookTransport {
  return {
    verifier: createVerifier(settings),
    receive(request, context) {
      const arrival = readRequest(request);
      if (arrival === undefined) return { deliveries: [] };
      return holdsKept(arrival.body)
        ? restored(arrival, settings, context)
        : readArrival(arrival, settings.replyInThread, context);
    },
  };
}

async function restored(arrival: Arrival, settings: Settings, context: AdapterContext): Promise<Reception> {
  const payload = await restoreLong(arrival.payload, arrival.body, context.memory);
  return readArrival({ ...arrival, payload, body: JSON.stringify(payload) }, settings.replyInThread, context);
}

/** Events are JSON; commands are a form; interactions are a form with JSON in it. */
function readRequest({ body: bytes, receivedAt, header }: VerifiedRequest): Arrival | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  if (header("content-type")?.startsWith("application/x-www-form-urlencoded") !== true) {
    return { via: "event", payload: parseObject(body, platform), body, receivedAt };
  }
  const form = new URLSearchParams(body);
  if (form.get("ssl_check") === "1") return undefined;
  const interaction = form.get("payload");
  if (interaction !== null)
    return { via: "interaction", payload: parseObject(interaction, platform), body: interaction, receivedAt };
  if (!form.has("command")) {
    throw new GatewayError("wire.malformed", "slack: the form is neither a slash command nor an interaction.", { platform });
  }
  const payload: JsonObject = Object.fromEntries(form);
  return { via: "command", payload, body: JSON.stringify(payload), receivedAt };
}

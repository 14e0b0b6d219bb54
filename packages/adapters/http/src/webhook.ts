import { hash } from "node:crypto";
import type { Delivery, Verifier, VerifiedRequest, WebhookTransport } from "@devflow/gateway/contract";
import { addressKey, GatewayError, isCloudEvent, isObject, type CloudEvent } from "@devflow/gateway/kit";
import { source, type HttpPick, type Settings } from "./options.ts";
import { aboutOf, mediaType, nameOf, placeOf, type HttpPayload } from "./wire.ts";

/** `POST /webhooks/<platform>`: JSON, a CloudEvent in either mode, or a batch of them. */
export function webhook(settings: Settings, verifier: Verifier): WebhookTransport {
  const { platform } = settings;
  return {
    verifier,
    receive(request) {
      const text = new TextDecoder().decode(request.body);
      const media = (request.header("content-type") ?? "").toLowerCase();
      if (request.header("ce-specversion") !== undefined) {
        const event = inHeaders(request, text, media, platform);
        return { deliveries: [ofCloudEvent(event, JSON.stringify(event), platform, request.receivedAt)] };
      }
      const body = parsed(text, platform);
      if (media.startsWith(mediaType.batchLike)) {
        if (!Array.isArray(body) || !body.every(isCloudEvent))
          throw malformed(platform, "the batch is no list of CloudEvents 1.0");
        return { deliveries: body.map((event) => ofCloudEvent(event, JSON.stringify(event), platform, request.receivedAt)) };
      }
      if (isCloudEvent(body)) return { deliveries: [ofCloudEvent(body, text, platform, request.receivedAt)] };
      if (media.startsWith(mediaType.cloudEventLike)) throw malformed(platform, "the body is no CloudEvent 1.0");
      return { deliveries: [ofBody(body, text, settings, request)] };
    },
  };
}

function ofCloudEvent(event: CloudEvent, body: string, platform: string, receivedAt: number): Delivery {
  // Source and id together are what a CloudEvent is known by, whoever hands it on.
  const id = nameOf(`${event.source} ${event.id}`);
  return { id, account: source, lane: laneOf(event, platform, id), via: "cloudevent", body, payload: event, receivedAt };
}

function ofBody(data: unknown, text: string, settings: Settings, request: VerifiedRequest): Delivery {
  const { platform } = settings;
  const read = (pick: HttpPick | undefined): string | undefined => picked(pick, data, request);
  const type = read(settings.type) ?? typeOf(data, request);
  const subject = read(settings.subject);
  const payload: HttpPayload = { type, ...(subject === undefined ? {} : { subject }), data };
  const told = read(settings.id) ?? request.header("webhook-id") ?? request.header("idempotency-key");
  const id = nameOf(told || hash("sha256", `${type}\n${text}`, "hex"));
  const head = JSON.stringify({ ...payload, data: undefined }).slice(0, -1);
  return {
    id,
    account: source,
    lane: laneOf(payload, platform, id),
    via: "json",
    // The body as it came: what JSON.parse would round stays as it was.
    body: `${head},"data":${text}}`,
    payload,
    receivedAt: request.receivedAt,
  };
}

/** What has a subject is in its lane; what has none is alone in one, and waits for nobody. */
function laneOf(payload: unknown, platform: string, id: string): string {
  const place = placeOf(payload, platform, source);
  return addressKey(aboutOf(payload).subject === undefined ? { ...place, thread: id } : place);
}

const attributes = ["specversion", "id", "source", "type", "subject", "time", "dataschema"] as const;

/** A CloudEvent whose attributes are headers, as one in structured mode. Source: HTTP protocol binding 1.0, section 3.1. */
function inHeaders(request: VerifiedRequest, text: string, media: string, platform: string): CloudEvent {
  const event: Record<string, unknown> = {};
  for (const name of attributes) {
    const value = request.header(`ce-${name}`);
    if (value !== undefined) event[name] = decoded(value);
  }
  if (media !== "") event["datacontenttype"] = media;
  if (/^application\/([\w.+-]+\+)?json\b/.test(media)) event["data"] = parsed(text, platform);
  else if (media.startsWith("text/")) event["data"] = text;
  else if (request.body.byteLength > 0) event["data_base64"] = Buffer.from(request.body).toString("base64");
  if (isCloudEvent(event)) return event;
  throw malformed(platform, "its ce- headers make no CloudEvent 1.0");
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function typeOf(data: unknown, request: VerifiedRequest): string {
  for (const pick of ["type", "event", "action", "header:x-event-type"]) {
    const found = picked(pick, data, request);
    if (found !== undefined) return found;
  }
  return "webhook";
}

function picked(pick: HttpPick | undefined, data: unknown, request: VerifiedRequest): string | undefined {
  if (pick === undefined) return undefined;
  const header = (name: string): string | undefined => request.header(name.toLowerCase());
  if (typeof pick === "function") return word(pick(data, header));
  if (pick.startsWith("header:")) return word(header(pick.slice("header:".length)));
  let value = data;
  for (const step of pick.split(".")) {
    const holds = (isObject(value) || Array.isArray(value)) && Object.hasOwn(value, step);
    value = holds ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
  }
  return word(value);
}

function word(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function parsed(text: string, platform: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(platform, "the body is not JSON", cause);
  }
}

function malformed(platform: string, what: string, cause?: unknown): GatewayError {
  return new GatewayError("wire.malformed", `${platform}: ${what}.`, { platform, cause });
}

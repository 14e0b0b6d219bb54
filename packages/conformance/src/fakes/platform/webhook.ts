import type { Delivery, Event, QuestionKind, RawRequest, Reception, WebhookTransport } from "@devflow/gateway/contract";
import { addressKey, equalInConstantTime, hmacSha256, isObject, parseObject } from "@devflow/gateway/kit";
import { fakeNormalizer } from "./normalize.ts";
import type { FakePayload } from "./payload.ts";

/** A signed request is refused when it is older or newer than this. */
const toleranceMs = 300_000;

const interactive = new Set(["action.invoked", "command.invoked", "form.submitted"]);

/** The webhook of a fake platform: JSON, with an HMAC over time and exact bytes. */
export function fakeWebhook(platform: string, secrets: readonly string[]): WebhookTransport {
  return {
    verifier: {
      async verify(request, context) {
        if (request.method === "GET") {
          const challenge = new URL(request.url, "http://localhost").searchParams.get("challenge") ?? "";
          if (/^[a-z0-9]{1,64}$/.test(challenge)) return { answer: { status: 200, body: challenge } };
        }
        const configured = await context.secret("SIGNING_SECRET");
        const keys = configured ? [configured.expose(), ...secrets] : secrets;
        if (keys.length === 0) return { proven: false, reason: "no signing secret is configured" };
        const time = request.header("x-fake-timestamp") ?? "";
        if (!/^\d+$/.test(time) || Math.abs(request.receivedAt - Number(time)) > toleranceMs)
          return { proven: false, reason: "the timestamp is missing or stale" };
        const given = request.header("x-fake-signature") ?? "";
        const proven = keys.some((key) => equalInConstantTime(given, signature(key, time, request.body)));
        return proven ? { proven } : { proven, reason: "the signature does not match" };
      },
    },
    receive: (request) => receive(platform, new TextDecoder().decode(request.body), request.receivedAt),
  };
}

/** Reads one body: a payload, or `{ "events": [payload, …] }`. */
export function receive(platform: string, body: string, receivedAt: number): Reception {
  const parsed = parseObject(body, platform);
  const payloads = Array.isArray(parsed["events"]) ? parsed["events"].filter(isObject) : [parsed];
  const deliveries = payloads
    .filter((payload) => payload["type"] !== "hello")
    .map((payload) => toDelivery(platform, payload, payloads.length === 1 ? body : JSON.stringify(payload), receivedAt));
  if (deliveries.length === 0) return { deliveries, response: { status: 200, body: "hello" } };
  const question = toQuestion(platform, deliveries);
  return question ? { deliveries: question.event.kind === "options.requested" ? [] : deliveries, question } : { deliveries };
}

function toDelivery(platform: string, payload: FakePayload, body: string, receivedAt: number): Delivery {
  const account = typeof payload.account === "string" ? payload.account : "main";
  const room = typeof payload.room === "string" ? payload.room : "general";
  const thread = typeof payload.thread === "string" ? { thread: payload.thread } : {};
  return {
    id: typeof payload.id === "string" ? payload.id : hmacSha256("id", body),
    account,
    lane: addressKey({ platform, account, room, ...thread }),
    via: "event",
    body,
    payload,
    receivedAt,
    ...(interactive.has(payload.type ?? "") && { interactive: true }),
    ...(typeof payload.group === "string" && { group: { id: payload.group, windowMs: 1000 } }),
  };
}

function toQuestion(platform: string, deliveries: readonly Delivery[]): Reception["question"] {
  const payload = deliveries[0]?.payload as FakePayload;
  if (payload.type !== "options.requested" && !(payload.type === "form.submitted" && payload.ask === true)) return undefined;
  const [event] = fakeNormalizer(platform, false).normalize(deliveries.slice(0, 1), undefined);
  return {
    event: event as Event<QuestionKind>,
    deadlineMs: 2500,
    respond(answer) {
      const refused = isObject(answer) && isObject(answer["errors"]) && Object.keys(answer["errors"]).length > 0;
      return { response: { status: 200, body: JSON.stringify(answer ?? {}) }, accept: !refused };
    },
  };
}

/** The signature that the fake platform puts on a request. */
function signature(key: string, time: string, body: Uint8Array): string {
  return hmacSha256(key, Buffer.concat([Buffer.from(`${time}:`), body]));
}

/** How to sign, or mis-sign, a request. */
export interface SignOptions {
  readonly secret: string;
  readonly timestamp: number;
  /** Milliseconds since the epoch when the request arrives; the timestamp unless set. */
  readonly receivedAt?: number;
}

/** A body with the headers that prove it. */
export function signed(body: string, { secret, timestamp }: SignOptions): { body: string; headers: Record<string, string> } {
  const time = String(timestamp);
  return {
    body,
    headers: {
      "content-type": "application/json",
      "x-fake-timestamp": time,
      "x-fake-signature": signature(secret, time, Buffer.from(body)),
    },
  };
}

/** A request as a host hands it to a verifier. */
export function rawRequest(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  receivedAt: number,
  options: { readonly method?: string; readonly url?: string } = {},
): RawRequest {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method: options.method ?? "POST",
    url: options.url ?? "/",
    header: (name) => lower.get(name.toLowerCase()),
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    receivedAt,
  };
}

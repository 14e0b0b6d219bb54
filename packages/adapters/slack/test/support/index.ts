import { createHmac } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type {
  Adapter,
  Delivery,
  Event,
  EventKind,
  Identity,
  RawRequest,
  Reception,
  VerifiedRequest,
} from "@devflow/gateway/contract";
import { fakeContext, rawRequest, type FakeContext } from "@devflow/conformance";
import { slack, type SlackOptions } from "../../src/index.ts";

export const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
export const now = Date.UTC(2026, 0, 1);
export const botId = "UBOT00001";
export const identity: Identity = { user: { id: botId, kind: "bot", self: true, name: "devflow" }, title: "Acme" };

/** A request as Slack signs it, by code of its own. */
export function signed(
  body: string,
  changes: { readonly at?: number; readonly secret?: string; readonly form?: boolean } = {},
): RawRequest {
  const { at = now, secret = signingSecret, form = false } = changes;
  const timestamp = String(Math.floor(at / 1000));
  const hmac = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  const type = form ? "application/x-www-form-urlencoded" : "application/json";
  return rawRequest(
    body,
    { "content-type": type, "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${hmac}` },
    now,
  );
}

/** The world of a test. */
export function world(changes: Parameters<typeof fakeContext>[0] = {}): FakeContext {
  return fakeContext({ platform: "slack", secrets: { BOT_TOKEN: "xoxb-test-1", SIGNING_SECRET: signingSecret }, ...changes });
}

/** Verifies and receives, as the host does. */
export async function receive(
  body: string,
  options: SlackOptions & { readonly form?: boolean } = {},
  context = world(),
): Promise<Reception> {
  const { form, ...rest } = options;
  const { webhook } = slack(rest).transports;
  const request = signed(body, { form: form ?? false });
  const verdict = await webhook?.verifier.verify(request, context);
  if (!verdict || !("proven" in verdict) || !verdict.proven) throw new Error("not proven");
  const reception = await webhook?.receive(request as VerifiedRequest, context);
  if (!reception) throw new Error("no webhook");
  return reception;
}

/** Events that an envelope of the Events API becomes, from bytes to events. */
export async function eventsOf(body: object, options: SlackOptions = {}): Promise<readonly Event[]> {
  return read((await receive(JSON.stringify(body), options)).deliveries, slack(options));
}

/** Events of deliveries. */
export function read(deliveries: readonly Delivery[], adapter: Adapter = slack()): readonly Event[] {
  return deliveries.flatMap((delivery) => adapter.normalizer.normalize([delivery], identity));
}

/** The one event of that kind; fails when it is another. */
export function only<K extends EventKind>(events: readonly Event[], kind: K): Event<K> {
  const [event] = events;
  if (events.length !== 1 || event?.kind !== kind)
    throw new Error(`expected one ${kind}, got ${events.map((one) => one.kind).join(", ") || "nothing"}`);
  return event as unknown as Event<K>;
}

/** An envelope around an event. */
export function envelope(event: object, changes: object = {}): Record<string, unknown> {
  return {
    token: "ignored",
    type: "event_callback",
    team_id: "T0001",
    api_app_id: "A0001",
    event_id: "Ev0001",
    event_time: 1_767_225_600,
    event,
    authorizations: [{ enterprise_id: null, team_id: "T0001", user_id: botId, is_bot: true, is_enterprise_install: false }],
    ...changes,
  };
}

/** A message that a person wrote in a channel. */
export function message(changes: object = {}): Record<string, unknown> {
  return {
    type: "message",
    user: "U0001",
    text: "hello",
    ts: "1767225600.000100",
    channel: "C0001",
    channel_type: "channel",
    ...changes,
  };
}

/** Fixtures by file name. */
export function fixtures(): readonly {
  readonly name: string;
  readonly payload: Record<string, unknown>;
  readonly kinds: readonly EventKind[];
}[] {
  const folder = join(import.meta.dirname, "../fixtures/payloads");
  return readdirSync(folder).map((name) => ({ name, ...JSON.parse(readFileSync(join(folder, name), "utf8")) }));
}

import { createHmac } from "node:crypto";
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
import { jira, type JiraOptions } from "../../src/index.ts";

export const webhookSecret = "It's a Secret to Everybody";
export const now = Date.UTC(2026, 0, 1);
export const botId = "5b10a2844c20165700ede21g";
export const site = "https://acme.atlassian.net";
export const identity: Identity = { user: { id: botId, kind: "bot", self: true, name: "DevFlow" } };
export const person: Identity = { user: { id: botId, kind: "person", self: true, name: "Ada", handle: "ada" } };
/** An issue. */
export const issueAddress = { platform: "jira", account: "default", room: "APP", thread: "APP-12" };

/** A request as Jira signs it, by code of its own. */
export function signed(body: string, headers: Readonly<Record<string, string>> = {}): RawRequest {
  const hmac = createHmac("sha256", webhookSecret).update(body).digest("hex");
  return rawRequest(body, { "content-type": "application/json", "x-hub-signature": `sha256=${hmac}`, ...headers }, now);
}

/** The world of a test. */
export function world(changes: Parameters<typeof fakeContext>[0] = {}): FakeContext {
  return fakeContext({
    platform: "jira",
    secrets: { TOKEN: "api-token-1234", WEBHOOK_SECRET: webhookSecret },
    settings: { API_URL: site, EMAIL: "bot@acme.example" },
    ...changes,
  });
}

/** Verifies and receives, as the host does. */
export async function receive(
  payload: object,
  options: JiraOptions = {},
  context = world(),
  headers: Readonly<Record<string, string>> = {},
): Promise<Reception> {
  const { webhook } = jira(options).transports;
  const request = signed(JSON.stringify(payload), headers);
  const verdict = await webhook?.verifier.verify(request, context);
  if (!verdict || !("proven" in verdict) || !verdict.proven) throw new Error(`not proven: ${JSON.stringify(verdict)}`);
  const reception = await webhook?.receive({ ...request, account: verdict.account } as VerifiedRequest, context);
  if (!reception) throw new Error("no webhook");
  return reception;
}

/** Events that a webhook becomes, from bytes to events. */
export async function eventsOf(
  payload: object,
  who: Identity = identity,
  options: JiraOptions = {},
  context = world(),
): Promise<readonly Event[]> {
  return read((await receive(payload, options, context)).deliveries, who);
}

/** Events of deliveries. */
export function read(deliveries: readonly Delivery[], who: Identity = identity, adapter: Adapter = jira()): readonly Event[] {
  return deliveries.flatMap((delivery) => adapter.normalizer.normalize([delivery], who));
}

/** The one event of that kind; fails when it is another. */
export function only<K extends EventKind>(events: readonly Event[], kind: K): Event<K> {
  const [event] = events;
  if (events.length !== 1 || event?.kind !== kind)
    throw new Error(`expected one ${kind}, got ${events.map((one) => one.kind).join(", ") || "nothing"}`);
  return event as unknown as Event<K>;
}

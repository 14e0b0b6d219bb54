import { createHmac } from "node:crypto";
import { fakeContext, type FakeContext, type FakeContextOptions } from "@devflow/conformance";
import type { Delivery, Event, EventKind, RawRequest, VerifiedRequest } from "@devflow/gateway/contract";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { whatsapp, type WhatsAppOptions } from "../../src/index.ts";

/** Credentials of the right form that open nothing. */
export const token = "EAAcanaryZq7vK2xW9tB4nM6pL8sD1fG3hJ5kQ";
export const appSecret = "canary0app0secret0Zq7vK2xW9tB4nM6p";
export const account = "106540352242922";
export const display = "15550783881";
export const ada = "16505551234";
export const scoped = "US.13491208655302741918";
export const groupId = "Y2FwaV9ncm91cDoxODA1NTU1MDE3MjoxMjAzNjMyMjI3NzE5NjMwNjcZD";
export const to = { platform: "whatsapp", account, room: ada };
export const seconds = 1_767_225_600;

const metadata = { display_phone_number: display, phone_number_id: account };

/** A change as Meta sends it. */
export function change(value: JsonObject, field = "messages"): JsonObject {
  return { field, value: { messaging_product: "whatsapp", metadata, ...value } };
}

/** The body of a webhook with these changes. */
export function envelope(...changes: readonly JsonObject[]): string {
  return JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "419561257915477", changes }] });
}

/** A change with one message of Ada's. */
export function incoming(message: JsonObject, contact: JsonObject = {}): JsonObject {
  return change({
    contacts: [{ profile: { name: "Ada" }, wa_id: ada, ...contact }],
    messages: [{ from: ada, id: "wamid.1", timestamp: String(seconds), ...message }],
  });
}

/** A change with one status. */
export function status(fields: JsonObject): JsonObject {
  return change({
    statuses: [{ id: "wamid.out", status: "delivered", timestamp: String(seconds), recipient_id: ada, ...fields }],
  });
}

/** The header that proves a body. */
export function signature(body: string, secret = appSecret): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** A request, not proven. */
export function request(
  body: string,
  fields: Partial<RawRequest> & { readonly headers?: Record<string, string> } = {},
): RawRequest {
  const { headers = {}, ...rest } = fields;
  return {
    method: "POST",
    url: "/webhooks/whatsapp",
    header: (name) => headers[name],
    body: new TextEncoder().encode(body),
    receivedAt: seconds * 1000 + 500,
    ...rest,
  };
}

/** A world with the token in its vault. */
export function world(options: FakeContextOptions = {}): FakeContext {
  return fakeContext({
    platform: "whatsapp",
    secrets: { ACCESS_TOKEN: token, APP_SECRET: appSecret, VERIFY_TOKEN: "open sesame" },
    ...options,
  });
}

/** Receives a body whose proof is taken for granted. */
export async function deliveriesOf(body: string, context = world()): Promise<readonly Delivery[]> {
  const { webhook } = whatsapp().transports;
  const reception = await webhook?.receive(request(body) as VerifiedRequest, context);
  return reception?.deliveries ?? [];
}

/** The events of changes, received and normalized; each delivery goes through its stored form. */
export async function eventsOf(
  changes: readonly JsonObject[],
  options?: WhatsAppOptions,
  context = world(),
): Promise<readonly Event[]> {
  const deliveries = await deliveriesOf(envelope(...changes), context);
  const { normalizer } = whatsapp(options);
  return deliveries.flatMap((one) => normalizer.normalize([{ ...one, payload: JSON.parse(one.body) }], undefined));
}

/** The one event of a change, which must be of a kind. */
export async function eventOf<K extends EventKind>(one: JsonObject, kind: K, options?: WhatsAppOptions): Promise<Event<K>> {
  const events = await eventsOf([one], options);
  const [event] = events;
  if (events.length !== 1 || event?.kind !== kind)
    throw new Error(`expected one ${kind}, got ${events.map((each) => each.kind).join()}`);
  return event as unknown as Event<K>;
}

/** One request that a {@link fakeGraph} took. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  /** The JSON of the request, or the fields of its form. */
  readonly body: JsonObject;
}

/** A Graph API in memory: answers are what `answer` says, or that of an API where everything works. */
export function fakeGraph(answer?: (call: Call, nth: number) => unknown) {
  const calls: Call[] = [];
  const fake: typeof fetch = async (input, init) => {
    const made = new Request(input, init);
    const { pathname, search, origin } = new URL(made.url);
    const call = { method: made.method, path: `${origin}${pathname}${search}`, headers: made.headers, body: await read(made) };
    calls.push(call);
    const said = (await answer?.(call, calls.length)) ?? usual(call, calls.length);
    if (said instanceof Response) return said;
    if (said instanceof Error) throw said;
    return Response.json(said, { status: isObject(said) && "error" in said ? 400 : 200 });
  };
  return { calls, context: (options: FakeContextOptions = {}): FakeContext => world({ fetch: fake, ...options }) };
}

function usual({ path }: Call, nth: number): unknown {
  if (path.endsWith("/media")) return { id: "media-1" };
  return { messaging_product: "whatsapp", contacts: [{ input: ada, wa_id: ada }], messages: [{ id: `wamid.out${nth}` }] };
}

async function read(made: Request): Promise<JsonObject> {
  const type = made.headers.get("content-type") ?? "";
  if (type.startsWith("multipart/")) return Object.fromEntries(await made.formData());
  const body = await made.text();
  return body === "" ? {} : (JSON.parse(body) as JsonObject);
}

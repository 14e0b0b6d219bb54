import type { Delivery, Event, EventKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";
import { fakeContext, type FakeContext, type FakeContextOptions } from "@devflow/conformance";
import { normalizer } from "../../src/normalize/index.ts";

export const account = "@rig:example.org";
export const room = "!room:example.org";
export const now = 1_767_225_600_000;

let count = 0;

/** An event as the homeserver sends it, by Ada unless told otherwise. */
export function event(type: string, content: object, fields: object = {}): Record<string, unknown> {
  return {
    type,
    event_id: `$event${++count}`,
    room_id: room,
    sender: "@ada:example.org",
    origin_server_ts: now,
    content,
    ...fields,
  };
}

/** A message with text. */
export function text(body: string, content: object = {}): Record<string, unknown> {
  return event("m.room.message", { msgtype: "m.text", body, ...content });
}

/** What makes an event one about `$target`. */
export function relation(type: string, fields: object = {}): { readonly "m.relates_to": object } {
  return { "m.relates_to": { rel_type: type, event_id: "$target", ...fields } };
}

/** The delivery of an event. */
export function delivered(raw: unknown, facts: object = {}): Delivery {
  const payload = { event: raw, facts };
  const lane = addressKey({ platform: "matrix", account, room });
  return {
    id: `${account}:$delivery${++count}`,
    account,
    lane,
    via: "event",
    body: JSON.stringify(payload),
    payload,
    receivedAt: now + 500,
  };
}

/** The one event of a kind that an event of Matrix's becomes. */
export function read<K extends EventKind>(raw: unknown, kind: K, facts: object = {}): Event<K> {
  const [found, ...more] = normalizer({}).normalize([delivered(raw, facts)], undefined);
  if (found?.kind !== kind || more.length > 0) throw new Error(`expected one ${kind}, got ${found?.kind}`);
  return found as unknown as Event<K>;
}

/** The world of a test. */
export function world(options: FakeContextOptions = {}): FakeContext {
  return fakeContext({
    platform: "matrix",
    secrets: { BOT_TOKEN: "syt_test_token" },
    settings: { API_URL: "http://127.0.0.1:9" },
    ...options,
  });
}

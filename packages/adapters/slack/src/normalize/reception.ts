import { hash } from "node:crypto";
import type { AdapterContext, Delivery, Event, Question, QuestionKind, Reception, WireResponse } from "@devflow/gateway/contract";
import { addressKey, type JsonObject } from "@devflow/gateway/kit";
import { linkPrefix, record, records, shorten, text, type Via } from "../wire/index.ts";
import { isEdit } from "./event.ts";
import { normalizeOne } from "./one.ts";
import { isNotice } from "./message.ts";
import { conversationOf, placeOfCommand, placeOfEvent, placeOfInteraction, type Place } from "./place.ts";

/** Time a handler has for an answer that Slack awaits; Slack itself waits three seconds. */
const answerMs = 2_500;

/** Something Slack handed over, from either transport, proven and parsed. */
export interface Arrival {
  readonly via: Via;
  readonly payload: JsonObject;
  /** The payload as JSON. */
  readonly body: string;
  readonly receivedAt: number;
}

/** What an arrival means: deliveries for the inbox, a handshake, a question, or noise. */
export function readArrival(arrival: Arrival, replyInThread: boolean, context: AdapterContext): Reception {
  if (arrival.via === "event") return readEventArrival(arrival, replyInThread);
  const { payload } = arrival;
  if (arrival.via === "command") {
    return { deliveries: [deliver(arrival, placeOfCommand(payload), idOf("command", payload["trigger_id"], arrival), true)] };
  }
  const actions = records(payload["actions"]);
  if (actions.length > 0 && actions.every((action) => text(action["action_id"])?.startsWith(linkPrefix)))
    return { deliveries: [] };
  const id = idOf("interaction", payload["trigger_id"] ?? actions[0]?.["action_ts"] ?? payload["action_ts"], arrival);
  const delivery = deliver(arrival, placeOfInteraction(payload, replyInThread), id, true);
  if (payload["type"] === "view_submission") return { deliveries: [delivery], ...asking(delivery, replyInThread, respondToForm) };
  if (payload["type"] === "block_suggestion") {
    return { deliveries: [], ...asking(delivery, replyInThread, (answer) => respondWithOptions(answer, context)) };
  }
  return { deliveries: [delivery] };
}

function readEventArrival(arrival: Arrival, replyInThread: boolean): Reception {
  const { payload } = arrival;
  const inner = record(payload["event"]);
  if (payload["type"] === "url_verification") {
    const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
    return { deliveries: [], response: { status: 200, headers, body: text(payload["challenge"]) ?? "" } };
  }
  if (isNoise(inner)) return { deliveries: [] };
  const place = placeOfEvent(payload, inner, replyInThread);
  return { deliveries: [deliver(arrival, place, eventIdOf(payload, inner, place, arrival), false)] };
}

/** Changes of a message that change nothing a person can read: counters, unfurls, states of a stream. */
function isNoise(inner: JsonObject): boolean {
  if (inner["type"] !== "message") return false;
  return inner["subtype"] === "message_replied" || (inner["subtype"] === "message_changed" && !isEdit(inner));
}

/**
 * One post arrives as `message` and as `app_mention` under two event ids; both are one event, named after the post. The
 * account and the channel are in the name, since a `ts` is unique in its channel only.
 */
function eventIdOf(payload: JsonObject, inner: JsonObject, place: Place, arrival: Arrival): string {
  const { type, subtype, ts } = inner;
  const posted = type === "app_mention" || (type === "message" && !isNotice(subtype));
  if (posted && text(ts) !== undefined) return `msg:${place.account}:${place.room}:${String(ts)}`;
  if (payload["type"] === "app_rate_limited") return `limited:${place.account}:${String(payload["minute_rate_limited"])}`;
  return text(payload["event_id"]) ?? idOf("event", undefined, arrival);
}

/** A redelivery has the same bytes, so their digest serves where Slack gives no id. */
function idOf(kind: string, id: unknown, arrival: Arrival): string {
  return `${kind}:${text(id) ?? hash("sha256", arrival.body, "hex")}`;
}

function deliver(arrival: Arrival, place: Place, id: string, interactive: boolean): Delivery {
  const { via, body, payload, receivedAt } = arrival;
  const lane = addressKey(conversationOf(place).address);
  return { id, account: place.account, lane, via, body, payload, receivedAt, ...(interactive && { interactive }) };
}

function asking(delivery: Delivery, replyInThread: boolean, respond: Question["respond"]): Pick<Reception, "question"> {
  const [asked] = normalizeOne(delivery, undefined, replyInThread);
  if (asked === undefined) return {};
  return { question: { event: asked as Event<QuestionKind>, deadlineMs: answerMs, respond } };
}

function respondToForm(answer: unknown): { readonly response: WireResponse; readonly accept: boolean } {
  const errors = record(record(answer)["errors"]);
  if (Object.keys(errors).length === 0) return { response: { status: 200 }, accept: true };
  return { response: json({ response_action: "errors", errors }), accept: false };
}

function respondWithOptions(
  answer: unknown,
  { memory, log }: AdapterContext,
): { readonly response: WireResponse; readonly accept: boolean } {
  const options = records(record(answer)["options"])
    .slice(0, 100)
    .map(({ label, value }) => ({
      text: { type: "plain_text", text: (text(label) ?? text(value) ?? "-").slice(0, 75) },
      value: text(value) ?? "",
    }));
  const { short, kept } = shorten({ options }, memory);
  // The store is long done when a person chooses; the list need not wait for it.
  kept.catch((error: unknown) => log.error({ platform: "slack", error }, "slack: the long value of an option could not be kept"));
  return { response: json(short), accept: true };
}

function json(body: object): WireResponse {
  return { status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body: JSON.stringify(body) };
}

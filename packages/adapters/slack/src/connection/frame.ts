import type { Reception, WireResponse } from "@devflow/gateway/contract";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { record, text, type Via } from "../wire/index.ts";

/** A frame of Socket Mode. */
export type Frame =
  | { readonly type: "hello" }
  | { readonly type: "disconnect"; readonly reason: string }
  | {
      readonly type: "envelope";
      readonly id: string;
      readonly via: Via;
      readonly payload: JsonObject;
      readonly answerable: boolean;
    }
  | { readonly type: "other" };

const kinds: Readonly<Record<string, Via>> = { events_api: "event", slash_commands: "command", interactive: "interaction" };

/** Reads a frame; what is none is `other`, and is left to Slack to send again. */
export function readFrame(data: string): Frame {
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return { type: "other" };
  }
  const { type, reason, envelope_id: id, payload, accepts_response_payload: answerable } = record(frame);
  if (type === "hello") return { type };
  if (type === "disconnect") return { type, reason: text(reason) ?? "" };
  const via = typeof type === "string" && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (via === undefined || text(id) === undefined || !isObject(payload)) return { type: "other" };
  return { type: "envelope", id: String(id), via, payload, answerable: answerable === true };
}

/** The acknowledgement of an envelope, with the body that a webhook would have answered with. */
export function writeAck(id: string, response: WireResponse | Reception["response"], answerable: boolean): string {
  const body = response?.body;
  if (!answerable || body === undefined || body === "" || !body.startsWith("{")) return JSON.stringify({ envelope_id: id });
  return `{"envelope_id":${JSON.stringify(id)},"payload":${body}}`;
}

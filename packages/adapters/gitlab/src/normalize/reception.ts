import type { AdapterContext, Delivery, Reception } from "@devflow/gateway/contract";
import { addressKey, type JsonObject } from "@devflow/gateway/kit";
import { hash } from "node:crypto";
import { id, record, text, type Via } from "../wire/index.ts";
import { addressIn, projectOf } from "./project.ts";
import { conversationOfNote } from "./note.ts";
import { sourceOf } from "./envelope.ts";

/** One hook, proven and parsed. */
export interface Arrival {
  readonly account: string;
  readonly body: string;
  readonly payload: JsonObject;
  readonly receivedAt: number;
  readonly header: (name: string) => string | undefined;
  readonly own: boolean;
}

/** A pipeline that runs says so again and again while its jobs go by. */
const runsMs = 7 * 86_400_000;

/**
 * The delivery of a hook. System notes ("changed the label") are dropped, since an event of their item says the same, and so
 * is a pipeline that goes on running.
 */
export async function readReception(arrival: Arrival, context: AdapterContext): Promise<Reception> {
  const { account, body, payload, receivedAt } = arrival;
  const attributes = record(payload["object_attributes"]);
  if (payload["object_kind"] === "note" && attributes["system"] === true) return { deliveries: [] };
  const own = deliveryId(arrival);
  if (payload["object_kind"] === "pipeline" && (await runsAlready(payload, own, account, context))) return { deliveries: [] };
  const via: Via = arrival.own ? "own" : "hook";
  const delivery: Delivery = { id: own, account, lane: laneOf(arrival), via, body, payload, receivedAt };
  return { deliveries: [delivery] };
}

/**
 * The same for every redelivery. `X-Gitlab-Event-UUID` is not: hooks that cause each other share it; and
 * `X-Gitlab-Webhook-UUID` is another one at each attempt.
 */
function deliveryId({ account, body, header }: Arrival): string {
  const given = header("idempotency-key") || header("webhook-id");
  if (given && /^[\w.:-]{8,128}$/.test(given)) return given;
  return hash("sha256", JSON.stringify([account, header("x-gitlab-event") ?? "", given ?? "", body]), "hex");
}

/** Events of one item wait for each other, and those of one run. */
function laneOf({ account, payload, receivedAt, own }: Arrival): string {
  const project = projectOf(payload);
  const attributes = record(payload["object_attributes"]);
  const kind = text(payload["object_kind"]);
  const number = id(attributes["iid"]);
  const run = kind === "pipeline" ? id(attributes["id"]) : kind === "build" ? id(payload["pipeline_id"]) : undefined;
  if (run !== undefined) return addressKey({ ...addressIn(project, account), thread: `run/${run}` });
  if ((kind === "issue" || kind === "work_item") && number)
    return addressKey(addressIn(project, account, { kind: "issue", number }));
  if (kind === "merge_request" && number) return addressKey(addressIn(project, account, { kind: "change", number }));
  if (kind === "note" || kind === "emoji") {
    const source = sourceOf({ id: "", account, receivedAt, payload, self: { identity: undefined, own } });
    const note = kind === "note" ? attributes : record(payload["note"]);
    const address = conversationOfNote(source, note)?.address;
    // An answer in a discussion waits for what is said beside it: they are one issue's.
    if (address !== undefined)
      return addressKey({ ...address, ...(address.thread && { thread: address.thread.split("/")[0] ?? "" }) });
  }
  return addressKey(addressIn(project, account));
}

async function runsAlready(payload: JsonObject, delivery: string, account: string, { memory }: AdapterContext): Promise<boolean> {
  const attributes = record(payload["object_attributes"]);
  const [run, status] = [id(attributes["id"]), text(attributes["status"])];
  if (run === undefined || status === undefined) return false;
  const key = `run/${account}/${run}`;
  const known = (await memory.get<{ readonly status: string; readonly delivery: string }>(key))?.value;
  // The same delivery again is the inbox's affair: it may not have got it the first time.
  if (status === "running" && known?.status === "running" && known.delivery !== delivery) return true;
  if (known?.status !== status) await memory.set(key, { status, delivery }, { ttlMs: runsMs });
  return false;
}

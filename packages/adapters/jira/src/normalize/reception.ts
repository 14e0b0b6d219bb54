import { hash } from "node:crypto";
import type { Delivery } from "@devflow/gateway/contract";
import { addressKey, type JsonObject } from "@devflow/gateway/kit";
import { markerKey, record, text, timeMs } from "../wire/index.ts";
import { itemsOf } from "./changes.ts";
import { kinds } from "./kinds.ts";
import { conversationOf } from "./place.ts";

/** A webhook as it arrived. */
export interface Arrival {
  readonly account: string;
  readonly payload: JsonObject;
  readonly body: string;
  readonly receivedAt: number;
  /** `X-Atlassian-Webhook-Identifier`: the same for each redelivery. Data Center sends none. */
  readonly identifier: string | undefined;
  /** What only the API knows, asked before: whether we wrote it, and the category of the status that was left. */
  readonly own?: boolean;
  readonly left?: string | undefined;
}

/** What a delivery is about. One webhook may tell of an issue and of a comment that was made with the change. */
export type Part = "issue" | "comment" | "other";

/** What became of a comment. */
type Act = "message.created" | "message.edited" | "message.deleted";

/** What becomes of a payload's comment; undefined when it has none. Old servers do not say it: one of two times was edited. */
export function actOf(payload: JsonObject): Act | undefined {
  const comment = record(payload["comment"]);
  if (text(comment["id"]) === undefined) return undefined;
  const [created, updated] = [timeMs(comment["created"]), timeMs(comment["updated"])];
  return namedAct(payload) ?? (updated === undefined || created === updated ? "message.created" : "message.edited");
}

function namedAct(payload: JsonObject): Act | undefined {
  const name = text(payload["webhookEvent"]) ?? "";
  const kind = kinds[`${name} ${text(payload["issue_event_type_name"]) ?? ""}`] ?? kinds[name];
  return kind?.startsWith("message.") === true ? (kind as Act) : undefined;
}

/** Parts of a webhook, each of which becomes a delivery. */
function partsOf(payload: JsonObject): readonly Part[] {
  const name = text(payload["webhookEvent"]) ?? "";
  if (name.startsWith("comment_")) return ["comment"];
  if (!name.startsWith("jira:issue_")) return ["other"];
  if (name !== "jira:issue_updated" || actOf(payload) === undefined) return ["issue"];
  const bare = namedAct(payload) !== undefined || itemsOf(payload).length === 0;
  return bare ? ["comment"] : ["issue", "comment"];
}

/**
 * The deliveries of a webhook. A comment is named after itself: many sites send it twice, as `comment_created` and as
 * `jira:issue_updated`, and it is one. Our own mark coming to be is no news to anybody.
 */
export function deliveriesOf(arrival: Arrival): readonly Delivery[] {
  const { account, payload, body, receivedAt, own, left } = arrival;
  if (text(record(payload["property"])["key"]) === markerKey) return [];
  const lane = addressKey(conversationOf(payload, account, undefined).address);
  return partsOf(payload).map((part) => ({
    id: `${account}/${(part === "comment" ? commentName(payload) : undefined) ?? nameOf(arrival)}`,
    account,
    lane,
    via: [part, ...(own === true ? ["own"] : []), ...(part === "issue" && left !== undefined ? [`left=${left}`] : [])].join(":"),
    body,
    payload,
    receivedAt,
  }));
}

/** What {@link deliveriesOf} wrote into `via`. */
export function readVia(via: string): { readonly part: Part; readonly own: boolean; readonly left: string | undefined } {
  const [part, ...marks] = via.split(":");
  const left = marks.find((mark) => mark.startsWith("left="))?.slice(5);
  return { part: part as Part, own: marks.includes("own"), left };
}

function commentName(payload: JsonObject): string | undefined {
  const comment = record(payload["comment"]);
  const id = text(comment["id"]);
  const act = actOf(payload);
  if (id === undefined || !/^\d{1,19}$/.test(id) || act === undefined) return undefined;
  const updated = timeMs(comment["updated"]) ?? timeMs(payload["timestamp"]);
  return act === "message.edited" ? `comment/${id}/edited/${updated ?? 0}` : `comment/${id}/${act.slice(8)}`;
}

/** The identifier, or a hash of what stays the same however many webhooks tell of the change. */
function nameOf({ identifier, payload }: Arrival): string {
  if (identifier !== undefined && /^[\w.:-]{1,128}$/.test(identifier)) return identifier;
  const { matchedWebhookIds: _, user, issue, ...rest } = payload;
  const stable = { ...rest, user: record(user)["accountId"] ?? record(user)["name"], issue: record(issue)["id"] };
  return hash("sha256", JSON.stringify(stable), "hex");
}

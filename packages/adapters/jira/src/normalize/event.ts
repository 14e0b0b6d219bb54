import type { Delivery, Envelope, Event, EventKind, EventMap, Identity, Issue } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { audienceOf, record, text, timeMs } from "../wire/index.ts";
import { changesOf, wasOpen } from "./changes.ts";
import { readIssue } from "./issue.ts";
import { kinds } from "./kinds.ts";
import { readMessage } from "./message.ts";
import { actorOf } from "./person.ts";
import { conversationOf } from "./place.ts";
import { actOf, readVia } from "./reception.ts";

type Common = Omit<Envelope, "kind" | "platform">;

/** Reads one delivery. What it does not know is `platform.event`, named as Jira names it. */
export function readDelivery(delivery: Delivery, identity: Identity | undefined): Event {
  const payload = record(delivery.payload);
  const { part, own, left } = readVia(delivery.via);
  const name = text(payload["webhookEvent"]) ?? "unknown";
  const common: Common = {
    id: `jira:${delivery.id}`,
    account: delivery.account,
    at: timeMs(payload["timestamp"]) ?? delivery.receivedAt,
    conversation: conversationOf(
      payload,
      delivery.account,
      identity,
      part === "comment" ? audienceOf(record(payload["comment"])) : undefined,
    ),
    actor: actorOf(payload["user"] ?? record(payload["worklog"])["updateAuthor"], identity, own),
    raw: payload,
  };
  const read =
    part === "comment"
      ? readComment(payload, common, identity, own)
      : part === "issue"
        ? readIssueEvent(name, payload, common, identity, left)
        : undefined;
  return read ?? event("platform.event", common, { type: name });
}

function event<K extends EventKind>(kind: K, common: Common, payload: EventMap[K]): Event {
  return { kind, platform: "jira", ...common, ...payload } as unknown as Event;
}

function readComment(payload: JsonObject, common: Common, identity: Identity | undefined, own: boolean): Event | undefined {
  const comment = record(payload["comment"]);
  const id = text(comment["id"]);
  const act = actOf(payload);
  if (id === undefined || act === undefined || common.conversation.kind !== "issue") return undefined;
  // Cloud does not say who deleted a comment, and its author need not be the one.
  if (act === "message.deleted") return event(act, common, { messageId: id });
  const fields = record(record(payload["issue"])["fields"]);
  const message = readMessage(comment, { identity, own, fields, at: common.at });
  if (act === "message.created") return event(act, { ...common, actor: message.author }, { message });
  const editor = actorOf(comment["updateAuthor"] ?? payload["user"], identity, own);
  return event(act, { ...common, actor: editor }, { message });
}

function readIssueEvent(
  name: string,
  payload: JsonObject,
  common: Common,
  identity: Identity | undefined,
  left: string | undefined,
): Event | undefined {
  if (common.conversation.kind !== "issue") return undefined;
  const issue: Issue = common.conversation.issue ?? readIssue(record(payload["issue"]), identity);
  const kind = kinds[name];
  if (kind === "issue.opened" || kind === "issue.deleted") return event(kind, common, { issue });
  if (kind !== "issue.updated") return undefined;
  const changes = changesOf(payload, identity);
  const before = wasOpen(payload, issue.state === "open", left) ? "open" : "closed";
  if (before === issue.state) return event(kind, common, { issue, changes });
  const moved = kinds[`${name} ${issue.state === "closed" ? "to" : "from"} done`] as "issue.closed" | "issue.reopened";
  return event(moved, common, { issue, changes: { ...changes, state: { from: before, to: issue.state } } });
}

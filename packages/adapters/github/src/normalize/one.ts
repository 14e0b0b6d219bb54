import type { Delivery, Envelope, Event, EventKind, EventMap, Identity, Review } from "@devflow/gateway/contract";
import { plainText, type JsonObject } from "@devflow/gateway/kit";
import { idOf, isMarked, known, number, readValues, record, records, text, timeOf, unmarked } from "../wire/index.ts";
import { readChanges } from "./changes.ts";
import { readChange, readIssue } from "./item.ts";
import { kinds } from "./kinds.ts";
import { readContent, readMessage } from "./message.ts";
import { isOurs, nobody, personOf, selfOf, type Self } from "./person.ts";
import { conversationOf, roomOf } from "./place.ts";
import { readDeployment, readPipeline, readPush, readRelease } from "./run.ts";

type Common = Omit<Envelope, "kind" | "platform">;

/** What readers get: the payload, what all events share, and who we are. */
interface Scene {
  readonly payload: JsonObject;
  readonly common: Common;
  readonly self: Self;
  readonly room: string;
}

/** Reads one delivery: always one event. */
export function normalizeOne({ id, account, via, payload: raw, receivedAt }: Delivery, identity: Identity | undefined): Event {
  const payload = record(raw);
  const self = selfOf(identity);
  const name = nameOf(payload, via);
  const common: Common = {
    id: `github:${id}`,
    account,
    at: timeOfEvent(payload, via) ?? receivedAt,
    conversation: conversationOf(payload, via, account, self),
    actor: personOf(payload["sender"], self),
    raw,
  };
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const found = kind && readers[kind]?.(kind, { payload, common, self, room: roomOf(payload) });
  return found ?? make("platform.event", common, { type: typeOf(payload, via) });
}

function make<K extends EventKind>(kind: K, common: Common, rest: EventMap[K]): Event {
  return { kind, platform: "github", ...common, ...rest } as unknown as Event;
}

/** The event as GitHub spells it: `workflow_job.queued`. */
function typeOf(payload: JsonObject, via: string): string {
  const action = text(payload["action"]);
  return action === undefined ? via : `${via}.${action}`;
}

function nameOf(payload: JsonObject, via: string): string {
  const type = typeOf(payload, via);
  if (type === "pull_request.closed") return record(payload["pull_request"])["merged"] === true ? `${type} merged` : type;
  return via === "deployment_status" ? `${type} ${text(record(payload["deployment_status"])["state"]) ?? ""}` : type;
}

/** The time of what happened, which the payload has in various places. */
function timeOfEvent(payload: JsonObject, via: string): number | undefined {
  const subject = record(payload[subjects[via] ?? via]);
  const { action } = payload;
  if (via === "push")
    return timeOf(record(payload["head_commit"])["timestamp"]) ?? timeOf(record(payload["repository"])["pushed_at"]);
  if (via === "release") return timeOf(subject["published_at"]) ?? timeOf(subject["created_at"]);
  const first =
    action === "created" || action === "opened" ? subject["created_at"] : action === "closed" ? subject["closed_at"] : undefined;
  return timeOf(first) ?? timeOf(subject["submitted_at"]) ?? timeOf(subject["updated_at"]) ?? timeOf(subject["created_at"]);
}

const subjects: Readonly<Record<string, string>> = {
  issues: "issue",
  issue_comment: "comment",
  pull_request_review: "review",
  pull_request_review_comment: "comment",
  commit_comment: "comment",
};

type Reader = (kind: EventKind, scene: Scene) => Event | undefined;

const readers: Readonly<Partial<Record<EventKind, Reader>>> = {
  "issue.opened": readIssueEvent,
  "issue.updated": readIssueEvent,
  "issue.closed": readIssueEvent,
  "issue.reopened": readIssueEvent,
  "issue.deleted": readIssueEvent,
  "change.opened": readChangeEvent,
  "change.updated": readChangeEvent,
  "change.merged": readChangeEvent,
  "change.closed": readChangeEvent,
  "change.reopened": readChangeEvent,
  "message.created": readComment,
  "message.edited": readComment,
  "message.deleted": readComment,
  "review.submitted": readReview,
  "push.received"(_, { payload, common }) {
    const push = readPush(payload);
    return push && make("push.received", { ...common, actor: pusherOf(payload, common) }, { push });
  },
  "pipeline.started": readRun,
  "pipeline.finished": readRun,
  "action.invoked": readButton,
  "release.published"(_, { payload, common }) {
    const release = readRelease(record(payload["release"]));
    return release && make("release.published", common, { release });
  },
  "deployment.finished"(_, { payload, common }) {
    const deployment = readDeployment(payload);
    return deployment && make("deployment.finished", common, { deployment });
  },
  "account.revoked": (_, { payload, common }) => make("account.revoked", common, { reason: typeOf(payload, "installation") }),
};

/** A person's token writes texts that we know again; whoever opened or edited with ours was us. */
function writerOf({ payload, common, self }: Scene, item: JsonObject): Common {
  const action = payload["action"];
  const writes = action === "opened" || (action === "edited" && record(payload["changes"])["body"] !== undefined);
  const ours = self.human && writes && isOurs(payload["sender"], self) && isMarked(text(item["body"]) ?? "");
  return ours ? { ...common, actor: { ...common.actor, self: true } } : common;
}

function readIssueEvent(kind: EventKind, scene: Scene): Event | undefined {
  const item = record(scene.payload["issue"]);
  if (number(item["number"]) === undefined) return undefined;
  const issue = scene.common.conversation.issue ?? readIssue(item, scene.room, scene.self);
  const changes = readChanges(scene.payload, item, scene.self);
  return make(kind as "issue.updated", writerOf(scene, item), {
    issue,
    ...(kind === "issue.opened" || kind === "issue.deleted" ? {} : { changes }),
  } as EventMap["issue.updated"]);
}

function readChangeEvent(kind: EventKind, scene: Scene): Event | undefined {
  const item = record(scene.payload["pull_request"]);
  if (number(item["number"]) === undefined) return undefined;
  const change = scene.common.conversation.change ?? readChange(item, scene.room, scene.self);
  const changes = readChanges(scene.payload, item, scene.self);
  const common = writerOf(scene, item);
  if (kind === "change.opened") return make(kind, common, { change });
  const merged = kind === "change.merged" ? { ...changes, status: { to: "merged" } } : changes;
  return make(kind as "change.updated", common, { change, changes: merged });
}

function readComment(kind: EventKind, { payload, common, self }: Scene): Event | undefined {
  const comment = record(payload["comment"]);
  const messageId = idOf(comment["id"]);
  if (messageId === undefined || common.conversation.address.thread === undefined) return undefined;
  if (kind === "message.deleted") return make("message.deleted", common, { messageId });
  const message = readMessage(comment, self, common.at);
  // Whoever edits need not be who wrote.
  const own = message.author.self && isOurs(payload["sender"], self);
  const created = kind === "message.created";
  const actor = created ? message.author : self.human ? { ...common.actor, self: own } : common.actor;
  if (created) return make("message.created", { ...common, at: message.sentAt, actor }, { message });
  const before = record(record(payload["changes"])["body"])["from"];
  const previous = typeof before === "string" ? { previousText: plainText(readContent(before)) } : {};
  return make("message.edited", { ...common, actor }, { message, ...previous });
}

const verdicts: Readonly<Record<string, Review["verdict"]>> = {
  approved: "approved",
  changes_requested: "rejected",
  commented: "commented",
  dismissed: "withdrawn",
};

function readReview(_: EventKind, { payload, common, self, room }: Scene): Event | undefined {
  const review = record(payload["review"]);
  const [id, state] = [idOf(review["id"]), (text(review["state"]) ?? "").toLowerCase()];
  const verdict = Object.hasOwn(verdicts, state) ? verdicts[state] : undefined;
  const change = common.conversation.change ?? readChange(record(payload["pull_request"]), room, self);
  if (id === undefined || verdict === undefined) return undefined;
  const body = text(review["body"]) ?? "";
  const url = text(review["html_url"]);
  const sha = text(review["commit_id"]);
  const ours = self.human && isOurs(payload["sender"], self) && isMarked(body);
  const actor = ours ? { ...common.actor, self: true } : common.actor;
  return make(
    "review.submitted",
    { ...common, actor },
    { change, review: { id, verdict, body: unmarked(body), ...known({ url, sha }) } },
  );
}

/** Pushes of deploy keys have no sender, but the name of a pusher. */
function pusherOf(payload: JsonObject, { actor }: Common): Common["actor"] {
  const name = text(record(payload["pusher"])["name"]);
  return actor !== nobody || name === undefined ? actor : { ...nobody, name };
}

function readRun(kind: EventKind, { payload, common, room }: Scene): Event | undefined {
  const run = record(payload["workflow_run"]);
  if (idOf(run["id"]) === undefined) return undefined;
  return make(kind as "pipeline.started", common, { pipeline: readPipeline(run, room) });
}

/** A button of a check run. The conversation is the pull request's, where the commit belongs to one alone. */
function readButton(_: EventKind, { payload, common }: Scene): Event | undefined {
  const check = record(payload["check_run"]);
  const action = text(record(payload["requested_action"])["identifier"]);
  if (action === undefined) return undefined;
  const [pull, ...more] = records(check["pull_requests"]);
  const thread = more.length === 0 ? number(pull?.["number"]) : undefined;
  const { conversation } = common;
  const place =
    thread === undefined
      ? conversation
      : { ...conversation, kind: "change" as const, address: { ...conversation.address, thread: String(thread) } };
  const [messageId, value] = [idOf(check["id"]), readValues(check["external_id"])[action]];
  return make("action.invoked", { ...common, conversation: place }, { action, ...known({ messageId, value }) });
}

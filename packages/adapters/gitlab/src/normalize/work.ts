import type { Changes, Conversation, Event, EventKind } from "@devflow/gateway/contract";
import { emojiOf, id, record, text, timeMs, type Place } from "../wire/index.ts";
import { changesOf } from "./changes.ts";
import { event, type Source } from "./envelope.ts";
import { changeOf, issueOf } from "./item.ts";
import { awardedAt, conversationOfNote } from "./note.ts";
import { addressIn } from "./project.ts";

/** Hooks about issues, and other work items, by their action. */
const issueKinds = {
  open: "issue.opened",
  update: "issue.updated",
  close: "issue.closed",
  reopen: "issue.reopened",
} as const satisfies Readonly<Record<string, EventKind>>;

/** Hooks about merge requests by their action. An approval that completes what is needed is `approved`, one before it `approval`. */
const changeKinds = {
  open: "change.opened",
  update: "change.updated",
  close: "change.closed",
  reopen: "change.reopened",
  merge: "change.merged",
  approved: "review.submitted",
  approval: "review.submitted",
  unapproved: "review.submitted",
  unapproval: "review.submitted",
} as const satisfies Readonly<Record<string, EventKind>>;

/** An issue. Undefined for an action that this model does not name, and for an item of a group. */
export function readIssueEvent(source: Source): Event | undefined {
  const { payload, project } = source;
  const attributes = record(payload["object_attributes"]);
  const kind = issueKinds[(text(attributes["action"]) ?? "") as keyof typeof issueKinds] as EventKind | undefined;
  const number = id(attributes["iid"]);
  if (kind === undefined || number === undefined || record(payload["project"])["path_with_namespace"] === undefined)
    return undefined;
  const issue = issueOf(attributes, project, { labels: payload["labels"], assignees: payload["assignees"] });
  const conversation = about(source, { kind: "issue", number }, { kind: "issue", title: issue.title, issue });
  const changes = changesOf(payload);
  const facts = {
    at: timeOf(kind, changes, attributes["updated_at"], attributes["created_at"]),
    conversation,
    written: writtenIn(payload, kind),
  };
  if (kind === "issue.opened") return event(source, kind, facts, { issue });
  return event(source, kind as "issue.updated", facts, { issue, changes });
}

/** A merge request. Undefined for an action that this model does not name. */
export function readChangeEvent(source: Source): Event | undefined {
  const { payload, project } = source;
  const attributes = record(payload["object_attributes"]);
  const action = (text(attributes["action"]) ?? "") as keyof typeof changeKinds;
  const kind = changeKinds[action] as EventKind | undefined;
  const number = id(attributes["iid"]);
  if (kind === undefined || number === undefined) return undefined;
  const change = changeOf(attributes, project, { labels: payload["labels"], assignees: payload["assignees"] });
  const conversation = about(source, { kind: "change", number }, { kind: "change", title: change.title, change });
  const changes = changesOf(payload);
  const facts = {
    at: timeOf(kind, changes, attributes["updated_at"], attributes["created_at"]),
    conversation,
    written: writtenIn(payload, kind),
  };
  if (kind === "change.opened") return event(source, kind, facts, { change });
  if (kind !== "review.submitted") return event(source, kind as "change.updated", facts, { change, changes });
  const verdict = action.startsWith("un") ? "withdrawn" : "approved";
  // An approval has no id; a person has one of them at a time.
  const review = { id: `${change.id}/${text(record(payload["user"])["username"]) ?? ""}`, verdict, body: "" } as const;
  const more = { ...(change.url && { url: change.url }), ...(change.sha && { sha: change.sha }) };
  return event(source, "review.submitted", facts, { change, review: { ...review, ...more } });
}

/** A reaction to a note, or to the description of an issue, a merge request or a snippet, whose id is then its thread. */
export function readEmojiEvent(source: Source): Event | undefined {
  const { payload } = source;
  const award = record(payload["object_attributes"]);
  // Source: GitLab's `data_builder/emoji.rb`; the documentation shows it among the attributes, too.
  const action = text(payload["event_type"]) ?? text(award["action"]);
  const name = text(award["name"]);
  const onNote = award["awardable_type"] === "Note";
  const note = onNote ? record(payload["note"]) : {};
  const conversation = conversationOfNote(source, note);
  const messageId = onNote ? (id(award["awardable_id"]) ?? id(record(payload["note"])["id"])) : conversation?.address.thread;
  if (name === undefined || messageId === undefined || conversation === undefined) return undefined;
  if (action !== "award" && action !== "revoke") return undefined;
  const kind = action === "award" ? "reaction.added" : "reaction.removed";
  const url = text(award["awarded_on_url"]);
  const place = { ...conversation, ...(url && { url }) };
  return event(source, kind, { at: awardedAt(award), conversation: place }, { messageId, emoji: emojiOf(name) });
}

function about(source: Source, place: Place, rest: Omit<Conversation, "address">): Conversation {
  const url = text(record(source.payload["object_attributes"])["url"]);
  return { address: addressIn(source.project, source.account, place), ...(url && { url }), ...rest };
}

function timeOf(kind: string, changes: Changes, updated: unknown, created: unknown): number | undefined {
  return kind.endsWith(".opened") ? (timeMs(created) ?? timeMs(updated)) : (numeric(changes["updatedAt"]?.to) ?? timeMs(updated));
}

function numeric(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** With a person's token, a description with our marker is our writing when it was just written, and says nothing of later doings. */
function writtenIn(payload: Source["payload"], kind: EventKind): unknown {
  const opened = kind === "issue.opened" || kind === "change.opened";
  if (opened) return record(payload["object_attributes"])["description"];
  return record(record(payload["changes"])["description"])["current"];
}

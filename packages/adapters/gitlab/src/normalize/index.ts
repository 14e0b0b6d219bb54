import type { Delivery, Event, Identity, Normalizer } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { record, text } from "../wire/index.ts";
import { event, sourceOf, type Source } from "./envelope.ts";
import { readMemberEvent } from "./member.ts";
import { readNoteEvent } from "./note.ts";
import { readDeploymentEvent, readPipelineEvent, readPushEvent, readReleaseEvent } from "./run.ts";
import { readChangeEvent, readEmojiEvent, readIssueEvent } from "./work.ts";

export { projectConversation } from "./envelope.ts";
export { changeOf, issueOf } from "./item.ts";
export { readNote } from "./message.ts";
export { personOf } from "./person.ts";
export type { Project } from "./project.ts";
export { readReception } from "./reception.ts";
export { pipelineOf } from "./run.ts";

/** Turns hooks into events. It has to know who we are, to tell our own doings from those of others. */
export function createNormalizer(): Normalizer {
  return {
    needsIdentity: true,
    normalize: (deliveries, identity) => deliveries.flatMap((delivery) => readOne(delivery, identity)),
  };
}

const readers: Readonly<Record<string, (source: Source) => Event | undefined>> = {
  issue: readIssueEvent,
  work_item: readIssueEvent,
  note: readNoteEvent,
  merge_request: readChangeEvent,
  pipeline: readPipelineEvent,
  push: readPushEvent,
  tag_push: readPushEvent,
  release: readReleaseEvent,
  deployment: readDeploymentEvent,
  emoji: readEmojiEvent,
};

function readOne(delivery: Delivery, identity: Identity | undefined): readonly Event[] {
  const { account, receivedAt, via } = delivery;
  const payload = record(delivery.payload);
  const source = sourceOf({ id: `gitlab:${delivery.id}`, account, receivedAt, payload, self: { identity, own: via === "own" } });
  // System hooks have no `object_kind`, and call pushes by their event's name.
  const name = text(payload["object_kind"]) ?? text(payload["event_name"]) ?? "";
  const reader = Object.hasOwn(readers, name) ? readers[name] : readMemberEvent;
  return [reader?.(source) ?? event(source, "platform.event", {}, { type: typeOf(payload) })];
}

/** `<event>.<action>` in GitLab's words; for jobs, pipelines and deployments the status is the action. */
function typeOf(payload: JsonObject): string {
  const attributes = record(payload["object_attributes"]);
  const kind = text(payload["object_kind"]);
  const name = text(payload["event_name"]);
  if (kind === undefined) return name ?? "unknown";
  const action =
    text(attributes["action"]) ??
    text(payload["action"]) ??
    (kind === "emoji" ? text(payload["event_type"]) : undefined) ??
    text(payload["build_status"]) ??
    (kind === "pipeline" ? text(attributes["status"]) : text(payload["status"])) ??
    (name === kind ? undefined : name);
  return action === undefined ? kind : `${kind}.${action}`;
}

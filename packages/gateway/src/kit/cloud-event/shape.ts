import type { CommonEventMap, Conversation, User } from "../../contract/index.ts";
import { isObject, type JsonObject } from "../json.ts";

/** What must be there of a value for code to use it: fields of a type, or with fields of their own. */
type Shape = "string" | "number" | "boolean" | "list" | { readonly [field: string]: Shape };

const user: Shape = { id: "string", kind: "string", self: "boolean" };
const message: Shape = {
  id: "string",
  author: user,
  text: "string",
  content: "list",
  attachments: "list",
  addressed: "boolean",
  sentAt: "number",
};
const reaction: Shape = { messageId: "string", emoji: "string" };
const work = {
  kind: "string",
  key: "string",
  id: "string",
  title: "string",
  body: "string",
  state: "string",
  labels: "list",
  assignees: "list",
} as const;
const issue: Shape = work;
const change: Shape = { ...work, from: "string", into: "string", draft: "boolean", merged: "boolean" };
const pipeline: Shape = { id: "string", name: "string", status: "string" };

const payloads: Readonly<Record<keyof CommonEventMap, Shape>> = {
  "message.created": { message },
  "message.edited": { message },
  "message.deleted": { messageId: "string" },
  "reaction.added": reaction,
  "reaction.removed": reaction,
  "action.invoked": { action: "string" },
  "command.invoked": { command: "string", args: "string" },
  "form.submitted": { form: "string", values: {} },
  "options.requested": { field: "string", query: "string" },
  "member.joined": { member: user },
  "member.left": { member: user },
  "receipt.updated": { messageId: "string", status: "string" },
  "issue.opened": { issue },
  "issue.updated": { issue, changes: {} },
  "issue.closed": { issue, changes: {} },
  "issue.reopened": { issue, changes: {} },
  "issue.deleted": { issue },
  "change.opened": { change },
  "change.updated": { change, changes: {} },
  "change.merged": { change, changes: {} },
  "change.closed": { change, changes: {} },
  "change.reopened": { change, changes: {} },
  "review.submitted": { change, review: { id: "string", verdict: "string", body: "string" } },
  "push.received": { push: { ref: "string", forced: "boolean", commits: "list" } },
  "pipeline.started": { pipeline },
  "pipeline.finished": { pipeline },
  "release.published": {
    release: { id: "string", tag: "string", name: "string", body: "string", prerelease: "boolean" },
  },
  "deployment.finished": {
    deployment: { id: "string", environment: "string", passed: "boolean", outcome: "string" },
  },
  "account.revoked": { reason: "string" },
  "platform.event": { type: "string" },
};

const kindForm = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;
const userKinds: readonly unknown[] = ["person", "bot", "system", "unknown"] satisfies readonly User["kind"][];
const places: readonly unknown[] = [
  "direct",
  "group",
  "channel",
  "issue",
  "change",
  "project",
] satisfies readonly Conversation["kind"][];

/** Whether the payload has what handlers of that kind rely on. Of a program's own kinds nothing more is known than their form. */
export function isPayload(kind: string, payload: JsonObject): boolean {
  const shape = Object.hasOwn(payloads, kind) ? payloads[kind as keyof CommonEventMap] : {};
  return kindForm.test(kind) && fits(payload, shape);
}

/** Whether that is a {@link User} as far as code relies on it. */
export function isUser(value: unknown): value is User {
  return fits(value, user) && userKinds.includes((value as User).kind);
}

/** Whether that is a {@link Conversation} as far as code relies on it. */
export function isConversation(value: unknown): value is Conversation {
  if (!fits(value, { address: { platform: "string", account: "string", room: "string" }, kind: "string" })) return false;
  const { address, kind, issue: about, change: proposal } = value as Conversation;
  const whole = address.platform !== "" && address.account !== "" && address.room !== "" && places.includes(kind);
  return whole && (about === undefined || fits(about, issue)) && (proposal === undefined || fits(proposal, change));
}

function fits(value: unknown, shape: Shape): boolean {
  if (shape === "list") return Array.isArray(value);
  if (typeof shape === "string") return typeof value === shape;
  return isObject(value) && Object.entries(shape).every(([field, inner]) => fits(value[field], inner));
}

import type { Identity, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, isMarked, present, record, text } from "../wire/index.ts";

/** What tells our own doings from those of others. */
export interface Self {
  readonly identity: Identity | undefined;
  /** The delivery carried a UUID of ours: a write of ours caused it. */
  readonly own: boolean;
}

const botName = /^(?:project|group)_\d+_bot|^service_account_/;

/** GitLab does not say who it was. */
export const nobody: User = Object.freeze({ id: "", kind: "unknown", self: false });

/** A user as payloads and the API have them. Some payloads have no id, which is empty then. */
export function personOf(value: unknown): User {
  const user = record(value);
  const [own, handle] = [id(user["id"]), text(user["username"])];
  if (own === undefined && handle === undefined) return nobody;
  const bot = user["bot"] === true || botName.test(handle ?? "");
  return { id: own ?? "", kind: bot ? "bot" : "person", self: false, ...present({ name: text(user["name"]), handle }) };
}

/** Whoever caused an event: `user`, or the flat fields of a push. */
export function actorOf(payload: JsonObject): User {
  if (payload["user"] !== undefined) return personOf(payload["user"]);
  const flat = { id: payload["user_id"], username: payload["user_username"], name: payload["user_name"] };
  return payload["object_kind"] === undefined && payload["user_username"] === undefined ? nobody : personOf(flat);
}

/**
 * The user, marked as self where it is us: by a UUID of ours, or by our id. With a person's token the same person also
 * writes by hand: then only a text that ends with our marker is ours.
 */
export function owned(user: User, self: Self, written?: unknown): User {
  const us = self.identity?.user;
  const same = us !== undefined && us.id !== "" && user.id === us.id;
  const ours = self.own || (same && (us.kind !== "person" || (typeof written === "string" && isMarked(written))));
  return ours ? { ...user, self: true, ...(same && us.kind === "bot" ? { kind: "bot" } : {}) } : user;
}

import type { Identity, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { record, records, text } from "../wire/index.ts";

/** What tells our own doings from those of others. */
export interface Self {
  readonly users: readonly string[];
  readonly app: string | undefined;
  /** What we are called, where it is known: a mention of us has no name in it. */
  readonly name?: string | undefined;
}

/** Slack says with each event which of our bot users it is for; `identity` helps where it does not. */
export function selfOf(envelope: JsonObject, identity: Identity | undefined): Self {
  const users = records(envelope["authorizations"])
    .filter((authorization) => authorization["is_bot"] === true)
    .flatMap((authorization) => text(authorization["user_id"]) ?? []);
  if (identity !== undefined && identity.user.id !== "") users.push(identity.user.id);
  return { users, app: text(envelope["api_app_id"]), name: identity?.user.name };
}

/** A user by id. */
export function personOf(id: unknown, self: Self, named: Pick<User, "name" | "handle"> = {}): User {
  const user = text(id);
  if (user === undefined) return nobody;
  const own = self.users.includes(user);
  const kind = own ? "bot" : user === "USLACKBOT" || user === "USLACK" ? "system" : "person";
  return { id: user, kind, self: own, ...named };
}

/** Slack does not say who it was. */
export const nobody: User = Object.freeze({ id: "", kind: "unknown", self: false });

/** Whoever wrote a message: a person, an app, or an integration that has only a name. */
export function authorOf(message: JsonObject, self: Self): User {
  const profile = record(message["bot_profile"]);
  const bot = text(message["bot_id"]);
  const app = text(message["app_id"]) ?? text(profile["app_id"]);
  const own = app !== undefined && app === self.app;
  const name = text(message["username"]) ?? text(profile["name"]) ?? text(record(message["user_profile"])["display_name"]);
  const user = personOf(message["user"] ?? bot, self, name === undefined ? {} : { name });
  if (own) return { ...user, kind: "bot", self: true };
  return bot !== undefined && user.kind === "person" ? { ...user, kind: "bot" } : user;
}

/** The user of an interaction or a slash command, who comes with a handle. */
export function presserOf(payload: JsonObject, self: Self): User {
  const user = record(payload["user"]);
  const handle = text(user["username"]) ?? text(user["name"]) ?? text(payload["user_name"]);
  return personOf(user["id"] ?? payload["user_id"], self, handle === undefined ? {} : { handle });
}

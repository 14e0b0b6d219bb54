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

/** The bot users, or the persons, whose installation Slack names with an event: one, whatever the number of installations. */
export function installersOf(envelope: JsonObject, bot: boolean): string[] {
  return records(envelope["authorizations"])
    .filter((authorization) => (authorization["is_bot"] === true) === bot)
    .flatMap((authorization) => text(authorization["user_id"]) ?? []);
}

/** Who we are: as the event says, and as `identity` says where it does not. With a person's token that is no bot. */
export function selfOf(envelope: JsonObject, identity: Identity | undefined): Self {
  const users = installersOf(envelope, true);
  const id = identity?.user.id ?? "";
  if (id !== "" && !installersOf(envelope, false).includes(id)) users.push(id);
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

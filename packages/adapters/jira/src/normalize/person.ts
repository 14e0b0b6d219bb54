import type { Identity, User } from "@devflow/gateway/contract";
import { record, text } from "../wire/index.ts";

/** A user as Jira gives one: by account id on Cloud, by name on Data Center. `self` says that it is the user we act as. */
export function personOf(value: unknown, identity: Identity | undefined): User {
  const user = record(value);
  const handle = text(user["name"]);
  const id = text(user["accountId"]) ?? handle ?? text(user["key"]);
  if (id === undefined) return nobody;
  const name = text(user["displayName"]);
  return {
    id,
    kind: user["accountType"] === "app" ? "bot" : "person",
    self: id === identity?.user.id,
    ...(name === undefined ? {} : { name }),
    ...(handle === undefined ? {} : { handle }),
  };
}

/**
 * Whoever did something. Where a person uses the same user by hand, what is not marked as ours is that person's: `own` is what
 * the transport found out.
 */
export function actorOf(value: unknown, identity: Identity | undefined, own: boolean): User {
  const user = personOf(value, identity);
  if (user === nobody) return own && identity !== undefined ? identity.user : nobody;
  return user.self && !own && identity?.user.kind !== "bot" ? { ...user, self: false } : user;
}

/** Jira does not say who it was. */
export const nobody: User = Object.freeze({ id: "", kind: "unknown", self: false });

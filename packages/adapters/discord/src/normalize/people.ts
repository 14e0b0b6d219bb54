import type { Identity, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, object, present, text } from "../wire/index.ts";

/** Who we are: the application, and the bot's user, which in old applications has another id. */
export interface Self {
  readonly account: string;
  readonly user: string;
  readonly name?: string;
}

/** Reads who we are. */
export function selfOf(account: string, identity: Identity | undefined): Self {
  const { user } = identity ?? {};
  return present({ account, user: user?.id ?? account, name: user?.name ?? user?.handle });
}

/** A user of Discord's, with the name that a server knows it by. */
export function personOf(user: JsonObject, self: Self, member: JsonObject = {}): User {
  const known = id(user["id"]) ?? "";
  const kind = known === "" ? "unknown" : user["system"] === true ? "system" : user["bot"] === true ? "bot" : "person";
  return present({
    id: known,
    kind,
    self: known !== "" && known === self.user,
    name: text(member["nick"]) ?? text(user["global_name"]) ?? text(user["username"]),
    handle: text(user["username"]),
  } satisfies User);
}

/** The author of a message. A webhook writes under any name; ours is known by its application. */
export function authorOf(message: JsonObject, self: Self): User {
  const author = personOf(object(message["author"]), self, object(message["member"]));
  const own = author.self || id(message["application_id"]) === self.account;
  if (id(message["webhook_id"]) !== undefined) return { ...author, kind: "bot", self: own };
  return own ? { ...author, self: true } : author;
}

/** Whoever did what the payload tells, as far as it says. */
export function actorOf(payload: JsonObject, self: Self): User {
  const member = object(payload["member"]);
  if (payload["author"] !== undefined) return authorOf(payload, self);
  const user = id(object(member["user"])["id"]) === undefined ? object(payload["user"]) : object(member["user"]);
  if (id(user["id"]) !== undefined) return personOf(user, self, member);
  const known = id(payload["user_id"]);
  return known === undefined ? nobody : { id: known, kind: known === self.user ? "bot" : "unknown", self: known === self.user };
}

/** Discord does not say who it was. */
const nobody: User = { id: "", kind: "unknown", self: false };

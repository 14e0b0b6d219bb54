import type { Conversation, Directory, User } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import type { Answer, Clients } from "./client/index.ts";
import { record, text } from "./wire/index.ts";

/** Names change seldom, and `users.info` is counted. */
const userMs = 3_600_000;

/** Looks up people and rooms. What is remembered is kept per account: two workspaces may know the same id by other names. */
export function createDirectory(clients: Clients): Directory {
  return {
    async user(id, account, context) {
      const key = `user:${account}:${id}`;
      const known = await context.memory.get<User>(key);
      if (known !== undefined) return known.value;
      const answer = await found(clients.call(account, "users.info", { user: id }, context));
      if (answer === undefined) return undefined;
      const user = readUser(id, record(answer["user"]), await clients.ownId(account, context));
      await context.memory.set(key, user, { ttlMs: userMs });
      return user;
    },
    async conversation(address, context) {
      const answer = await found(clients.call(address.account, "conversations.info", { channel: address.room }, context));
      if (answer === undefined) return undefined;
      const channel = record(answer["channel"]);
      const title = text(channel["name"]);
      const conversation: Conversation = { address, kind: kindOf(channel), ...(title === undefined ? {} : { title }) };
      return conversation;
    },
  };
}

async function found(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isGatewayError(error) && error.code === "target.gone") return undefined;
    throw error;
  }
}

function readUser(id: string, user: Readonly<Record<string, unknown>>, own: string | undefined): User {
  const profile = record(user["profile"]);
  const name = text(profile["display_name"]) ?? text(profile["real_name"]) ?? text(user["real_name"]) ?? text(user["name"]);
  const handle = text(user["name"]);
  return {
    id,
    kind: id === "USLACKBOT" ? "system" : user["is_bot"] === true ? "bot" : "person",
    self: id === own,
    ...(name === undefined ? {} : { name }),
    ...(handle === undefined ? {} : { handle }),
  };
}

function kindOf(channel: Readonly<Record<string, unknown>>): Conversation["kind"] {
  if (channel["is_im"] === true) return "direct";
  return channel["is_mpim"] === true || channel["is_private"] === true ? "group" : "channel";
}

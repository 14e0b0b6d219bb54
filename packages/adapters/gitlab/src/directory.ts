import type { Address, AdapterContext, Conversation, Directory } from "@devflow/gateway/contract";
import { statusOf } from "./errors.ts";
import type { Clients } from "./client/index.ts";
import { changeOf, issueOf, personOf, projectConversation } from "./normalize/index.ts";
import { id, noteablePath, present, projectPath, readThread, record, records, text } from "./wire/index.ts";

/** Looks up people, by id or name, and what a conversation is about. */
export function createDirectory(clients: Clients): Directory {
  return {
    async user(who, account, context) {
      const name = who.replace(/^@/, "");
      const numbered = /^\d+$/.test(name);
      const path = numbered ? `users/${name}` : "users";
      const query = numbered ? {} : { username: name };
      const body = await orNothing(clients.call(account, { path, query, pool: "users" }, context).then((answer) => answer.body));
      const user = Array.isArray(body) ? record(records(body)[0]) : record(body);
      if (id(user["id"]) === undefined) return undefined;
      const read = personOf(user);
      return read.id === (await clients.ownId(account, context)) ? { ...read, self: true } : read;
    },
    async conversation(address, context) {
      return await orNothing(conversationAt(address, clients, context));
    },
  };
}

async function conversationAt(address: Address, clients: Clients, context: AdapterContext): Promise<Conversation | undefined> {
  const { account, room } = address;
  const place = readThread(address.thread);
  const path = place === undefined ? projectPath(room) : noteablePath(room, place);
  const found = await clients.object(account, { path }, context);
  const url = text(found["web_url"]);
  if (place === undefined) {
    const read = projectConversation({ room, ...present({ url, title: text(found["name"]) }) }, account);
    return { ...read, address };
  }
  const common = { address, ...present({ title: text(found["title"]), url }) };
  if (place.kind === "issue") return { ...common, kind: "issue", issue: issueOf(found, { room }) };
  if (place.kind === "change") return { ...common, kind: "change", change: changeOf(found, { room }) };
  return { ...common, kind: "channel" };
}

async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

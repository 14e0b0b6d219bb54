import type { AdapterContext, Address, Conversation, Directory, User } from "@devflow/gateway/contract";
import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "./client/index.ts";
import { personOf, selfOf } from "./normalize/index.ts";
import { channelOf, id, number, object, text } from "./wire/index.ts";

/** How long names are believed. */
const cacheMs = 600_000;

/** Kinds of channel that are no audience's. Source: Discord's reference, "Channel Types". */
const kinds: Readonly<Record<number, Conversation["kind"]>> = { 1: "direct", 3: "group" };

/** Makes the role that looks up people and channels. */
export function directory(clients: Clients): Directory {
  return {
    async user(known: string, account: string, context: AdapterContext): Promise<User | undefined> {
      const user = await find(clients, account, `/users/${known}`, known, context);
      return user && personOf(user, selfOf(account, undefined));
    },
    async conversation(address: Address, context: AdapterContext): Promise<Conversation | undefined> {
      const room = channelOf(address);
      const channel = await find(clients, address.account, `/channels/${room}`, room, context);
      if (channel === undefined) return undefined;
      const title = text(channel["name"]);
      const url = `https://discord.com/channels/${id(channel["guild_id"]) ?? "@me"}/${room}`;
      const kind = kinds[number(channel["type"]) ?? 0] ?? "channel";
      return { address, kind, url, ...(title === undefined ? {} : { title }) };
    },
  };
}

/** What Discord tells, remembered for a while; names alone are kept. */
async function find(
  clients: Clients,
  account: string,
  path: string,
  known: string,
  context: AdapterContext,
): Promise<JsonObject | undefined> {
  if (id(known) === undefined) return undefined;
  const key = `known/${account}${path}`;
  const cached = await context.memory.get<JsonObject>(key);
  if (cached) return cached.value;
  try {
    const found = object(await clients.call(account, { method: "GET", path }, "a look-up", context));
    const { id: same, type, name, guild_id, username, global_name, bot, system } = found;
    const kept = { id: same, type, name, guild_id, username, global_name, bot, system };
    await context.memory.set(key, kept, { ttlMs: cacheMs });
    return kept;
  } catch (error) {
    if (isGatewayError(error) && error.code === "target.gone") return undefined;
    throw error;
  }
}

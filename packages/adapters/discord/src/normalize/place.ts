import type { Address, Conversation } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, number, object, present, routeOf, text, writeRoute } from "../wire/index.ts";

/** A group of people without a server. Source: Discord's reference, "Channel Types". */
const groupType = 3;
/** Events whose subject is a channel or thread. */
const channelEvent = /^(?:CHANNEL|THREAD)_(?:CREATE|UPDATE|DELETE)$/;

/**
 * Where an event happened. A thread is a channel of its own, so it is a room. What concerns a server as a whole has the
 * server's id as its room, and what concerns no server the account's: nothing can be said there.
 */
export function addressOf(kind: string, payload: JsonObject, account: string): Address {
  const channel = id(payload["channel_id"]) ?? id(object(payload["channel"])["id"]);
  const own = channelEvent.test(kind) || kind === "GUILD_CREATE" || kind === "GUILD_DELETE" ? id(payload["id"]) : undefined;
  const room = channel ?? own ?? id(payload["guild_id"]) ?? account;
  const route = kind === "INTERACTION_CREATE" ? routeOf(payload) : undefined;
  return { platform: "discord", account, room, ...(route === undefined ? {} : { route: writeRoute(route) }) };
}

/** The conversation at an address. */
export function conversationOf(address: Address, payload: JsonObject): Conversation {
  const guild = id(payload["guild_id"]);
  const channel = object(payload["channel"]);
  const type = number(channel["type"]) ?? number(payload["channel_type"]);
  const alone = guild === undefined && id(payload["channel_id"]) !== undefined;
  const group = type === groupType;
  return present({
    address,
    kind: !alone ? "channel" : group ? "group" : "direct",
    title: text(channel["name"]),
    url: `https://discord.com/channels/${guild ?? "@me"}/${address.room}`,
  } satisfies Conversation);
}

import type { AdapterContext, Address, Conversation, Directory, User } from "@devflow/gateway/contract";
import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import type { Bots } from "./client.ts";
import { conversationOf, personOf } from "./normalize/people.ts";
import { chatParams, object } from "./wire/index.ts";

/** How long a chat's names are believed. */
const cacheMs = 600_000;

/** Makes the role that looks up people and chats. Telegram knows a person to a bot only once they have met. */
export function directory(bots: Bots): Directory {
  return {
    async user(id: string, account: string, context: AdapterContext): Promise<User | undefined> {
      const chat = await find(bots, { platform: "telegram", account, room: id }, context);
      return chat?.type === "private" ? personOf(chat, { id: account }) : undefined;
    },
    async conversation(address: Address, context: AdapterContext): Promise<Conversation | undefined> {
      const chat = await find(bots, address, context);
      return chat && conversationOf(address, chat);
    },
  };
}

/** The chat as `getChat` tells it, remembered for a while; names alone are kept. */
async function find(bots: Bots, { account, ...address }: Address, context: AdapterContext): Promise<JsonObject | undefined> {
  const { chat_id } = chatParams({ account, ...address });
  const key = `chat/${account}/${chat_id}`;
  const cached = await context.memory.get<JsonObject>(key);
  if (cached) return cached.value;
  try {
    const { id, type, title, username, first_name, last_name } = object(
      await bots.call(account, { method: "getChat", params: { chat_id } }, context),
    );
    const chat = { id, type, title, username, first_name, last_name };
    await context.memory.set(key, chat, { ttlMs: cacheMs });
    return chat;
  } catch (error) {
    if (isGatewayError(error) && error.code === "target.gone") return undefined;
    throw error;
  }
}

import type { Address } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, object } from "./read.ts";

/** Topic 1 of a forum is its general topic: it exists in payloads, and sending to it by number is refused. */
const generalTopic = "1";
const directTopic = "dm";

/** What names a chat in a request. */
export interface ChatParams {
  readonly chat_id: number | string;
  readonly business_connection_id?: string;
  readonly message_thread_id?: number;
  readonly direct_messages_topic_id?: number;
}

/**
 * The place of a message. A business chat is `<chat>@<connection>`: the same person writes to the bot under the bare id, and
 * answers must go out through the connection. `message_thread_id` names a topic only where `is_topic_message` says so;
 * otherwise it is the id of a chain of replies.
 */
export function placeOf(message: JsonObject, account: string): Address | undefined {
  const chat = id(object(message.chat).id);
  if (chat === undefined) return undefined;
  const connection = id(message.business_connection_id);
  const address = { platform: "telegram", account, room: connection === undefined ? chat : `${chat}@${connection}` };
  const thread = threadOf(message);
  return thread === undefined ? address : { ...address, thread };
}

function threadOf(message: JsonObject): string | undefined {
  const direct = id(object(message.direct_messages_topic).topic_id);
  if (direct !== undefined) return `${directTopic}${direct}`;
  if (message.is_topic_message !== true) return undefined;
  const topic = id(message.message_thread_id);
  return topic === generalTopic ? undefined : topic;
}

/** The parameters that name an address in a request: the inverse of {@link placeOf}. */
export function chatParams(to: Address): ChatParams {
  const { chat, connection } = splitRoom(to.room);
  return {
    chat_id: asNumber(chat) ?? chat,
    ...(connection === undefined ? {} : { business_connection_id: connection }),
    ...threadParams(to.thread),
  };
}

function threadParams(thread: string | undefined): Partial<ChatParams> {
  if (thread === undefined || thread === "" || thread === generalTopic) return {};
  if (thread.startsWith(directTopic)) {
    const topic = asNumber(thread.slice(directTopic.length));
    return topic === undefined ? {} : { direct_messages_topic_id: topic };
  }
  const topic = asNumber(thread);
  return topic === undefined ? {} : { message_thread_id: topic };
}

/** A public channel's `@name` begins with the sign that separates a business connection, so the first place does not count. */
function splitRoom(room: string): { readonly chat: string; readonly connection?: string } {
  const at = room.indexOf("@", 1);
  return at === -1 ? { chat: room } : { chat: room.slice(0, at), connection: room.slice(at + 1) };
}

function asNumber(text: string): number | undefined {
  if (!/^-?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

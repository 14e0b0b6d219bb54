import type { AdapterContext, Delivery, Reception, Verifier, WebhookTransport, WireResponse } from "@devflow/gateway/contract";
import { addressKey, GatewayError, parseObject, type JsonObject } from "@devflow/gateway/kit";
import type { Bots } from "./client.ts";
import { platform } from "./options.ts";
import {
  callbackKey,
  id,
  isShort,
  messageFields,
  number,
  object,
  postedKey,
  readUpdate,
  string,
  type ReadUpdate,
} from "./wire/index.ts";

/** Parts of an album come as one update each, within moments. */
const albumWindowMs = 1_000;

/** Makes a {@link Reception} of one update: the same for a webhook and for a poll. Throws `wire.malformed` for no update. */
export type Receive = (
  update: JsonObject,
  text: string,
  at: { readonly account: string; readonly receivedAt: number },
  context: AdapterContext,
) => Promise<Reception>;

/** `POST /webhooks/telegram`. Its answer to a pressed button stops the button's spinner, once the press is durable. */
export function webhook(bots: Bots, verifier: Verifier): WebhookTransport {
  return {
    verifier,
    async receive(request, context) {
      const text = new TextDecoder().decode(request.body);
      const update = parseObject(text, platform);
      const account = request.account ?? (await bots.account(context));
      return receive(update, text, { account, receivedAt: request.receivedAt }, context);
    },
  };
}

/** One update is one delivery. What must be looked up in memory is looked up here, since normalizing is pure. */
export const receive: Receive = async (update, text, { account, receivedAt }, context) => {
  const updateId = number(update.update_id);
  if (updateId === undefined)
    throw new GatewayError("wire.malformed", "telegram: the update has no update_id.", { platform, account });
  const read = readUpdate(update, account);
  const whole = await withFullData(update, read, account, context);
  const delivery: Delivery = {
    id: `${account}:${updateId}`,
    account,
    lane: addressKey(read.place),
    via: (await isOwnPost(read, account, context)) ? "own" : "update",
    body: whole === update ? text : JSON.stringify(whole),
    payload: whole,
    receivedAt,
    ...(read.kind === "callback_query" ? { interactive: true } : {}),
    ...groupOf(read),
  };
  const response = answerTo(read);
  return { deliveries: [delivery], ...(response ? { response } : {}) };
};

/** Data too long for a button was kept in memory under a stand-in; the delivery has it in full, so that it stays readable. */
async function withFullData(
  update: JsonObject,
  { kind, payload }: ReadUpdate,
  account: string,
  context: AdapterContext,
): Promise<JsonObject> {
  const data = string(payload.data);
  if (kind !== "callback_query" || data === undefined || !isShort(data)) return update;
  const known = await context.memory.get<string>(callbackKey(account, data));
  return known ? { ...update, callback_query: { ...payload, data: known.value } } : update;
}

/** A post in a channel names no sender; the sender of this adapter keeps the ids of its own. */
async function isOwnPost({ kind, payload }: ReadUpdate, account: string, context: AdapterContext): Promise<boolean> {
  if (kind !== "channel_post" && kind !== "edited_channel_post") return false;
  const chat = id(object(payload.chat).id);
  const message = id(payload.message_id);
  if (chat === undefined || message === undefined) return false;
  return (await context.memory.get<boolean>(postedKey(account, chat, message))) !== undefined;
}

/**
 * Albums, and arrivals: where the bot is an administrator, one person's coming is told twice, as a message and as
 * `chat_member`. Read together, they become one event.
 */
function groupOf({ kind, payload }: ReadUpdate): Pick<Delivery, "group"> {
  const album = id(payload.media_group_id);
  if (messageFields.has(kind) && !kind.startsWith("edited_") && album !== undefined) {
    return { group: { id: `album:${album}`, windowMs: albumWindowMs } };
  }
  const arrival = kind === "message" && (Array.isArray(payload.new_chat_members) || typeof payload.left_chat_member === "object");
  return arrival || kind === "chat_member" ? { group: { id: "members", windowMs: albumWindowMs } } : {};
}

function answerTo({ kind, payload }: ReadUpdate): WireResponse | undefined {
  const query = id(payload.id);
  if (kind !== "callback_query" || query === undefined) return undefined;
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ method: "answerCallbackQuery", callback_query_id: query }),
  };
}

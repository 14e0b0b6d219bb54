import { hash } from "node:crypto";
import type { AdapterContext, Outgoing, Receipt, Sender } from "@devflow/gateway/contract";
import { GatewayError, isObject, type JsonObject } from "@devflow/gateway/kit";
import { asGatewayError, type Bots } from "./client.ts";
import { apiFailure, isDoneAlready } from "./errors.ts";
import { plainOf } from "./format/index.ts";
import {
  callbackKey,
  callbackLimitBytes,
  chatParams,
  id,
  object,
  objects,
  postedKey,
  reactionKey,
  shortData,
  type TelegramBody,
  type TelegramCall,
  type Upload,
} from "./wire/index.ts";

const dayMs = 86_400_000;
/** How long a button with much to say works. */
const callbackTtlMs = 180 * dayMs;
/** How long the parts of a message that were sent already are remembered, for a retry of the rest. */
const progressTtlMs = 7 * dayMs;
/** How long our reaction to a message is remembered. */
const reactionTtlMs = 30 * dayMs;
const draftPrefix = "draft:";

type Params = Readonly<Record<string, unknown>>;

/** Parameters that name a chat, by method; a method that is not here takes all of them. */
const chatFields: Readonly<Record<string, readonly string[]>> = {
  editMessageText: ["chat_id", "business_connection_id"],
  editMessageCaption: ["chat_id", "business_connection_id"],
  editMessageMedia: ["chat_id", "business_connection_id"],
  editMessageReplyMarkup: ["chat_id", "business_connection_id"],
  deleteMessage: ["chat_id"],
  deleteBusinessMessages: ["business_connection_id"],
  setMessageReaction: ["chat_id"],
  sendChatAction: ["chat_id", "business_connection_id", "message_thread_id"],
  sendMessageDraft: ["chat_id", "message_thread_id"],
};

/** How far an operation of several calls has come. */
interface Progress {
  readonly results: readonly { readonly messageId?: string }[];
}

/** Makes the sender: one operation, one try. Telegram takes no key of ours, so a lost answer may lead to a second message. */
export function sender(bots: Bots): Sender {
  return {
    async send(outgoing, context) {
      // Written by our own formatter, and read back from the outbox as JSON.
      const { calls, text = 0, reaction } = outgoing.body as unknown as TelegramBody;
      const target = await resolveTarget(outgoing, context);
      const ours = reactionKey(outgoing.to.account, outgoing.to.room, target);
      if (outgoing.kind === "reaction.remove" && (await isReplaced(ours, reaction, context)))
        return finish(outgoing, target, undefined, undefined, context);
      const key = `sent/${outgoing.key}`;
      const before = calls.length > 1 ? await context.memory.get<Progress>(key) : undefined;
      const results = [...(before?.value.results ?? [])];
      let raw: unknown;
      for (const call of calls.slice(results.length)) {
        raw = await attempt(bots, complete(call, outgoing, target), outgoing, context);
        results.push(messageIdOf(raw));
        await remember(outgoing, raw, context);
        if (calls.length > 1) await context.memory.set(key, { results } satisfies Progress, { ttlMs: progressTtlMs });
      }
      if (outgoing.kind === "reaction.add" && reaction !== undefined)
        await context.memory.set(ours, reaction, { ttlMs: reactionTtlMs });
      return finish(outgoing, target, results[text]?.messageId ?? results[0]?.messageId, raw, context);
    },
  };
}

/** A bot has one reaction to a message, and the next takes its place. To remove the first one then would remove the next. */
async function isReplaced(key: string, reaction: string | undefined, { memory }: AdapterContext): Promise<boolean> {
  const known = await memory.get<string>(key);
  return known !== undefined && reaction !== undefined && known.value !== reaction;
}

/** A streamed message has an id of its own only when it is finished; whoever held the draft's id means that one then. */
async function resolveTarget({ messageId, kind, key, to }: Outgoing, context: AdapterContext): Promise<string | undefined> {
  if (kind === "stream.begin") return draftPrefix + draftId(key);
  if (messageId === undefined || kind.startsWith("stream.") || /^\d{1,15}$/.test(messageId)) return messageId;
  const known = messageId.startsWith(draftPrefix) ? await context.memory.get<string>(finishedKey(to.room, messageId)) : undefined;
  if (known) return known.value;
  const what = messageId.startsWith(draftPrefix)
    ? "the streamed message is not finished, or too old"
    : "its message id is none of Telegram's";
  throw new GatewayError("target.gone", `telegram: bot ${to.account}, ${kind}: ${what}. Use the id of a receipt or an event.`, {
    platform: "telegram",
    account: to.account,
  });
}

function finishedKey(room: string, draft: string): string {
  return `finished/${room}/${draft}`;
}

/** A number that Telegram takes (not zero), the same on every attempt. */
function draftId(key: string): number {
  return Number.parseInt(hash("sha256", key, "hex").slice(0, 8), 16) & 0x7fffffff || 1;
}

function complete(call: TelegramCall, { kind, to }: Outgoing, target: string | undefined): TelegramCall {
  const all: Params = { ...chatParams(to) };
  const fields = chatFields[call.method] ?? Object.keys(all);
  const chat = Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name)));
  return { method: call.method, params: { ...chat, ...targetParams(call.method, kind, target), ...call.params } };
}

function targetParams(method: string, kind: string, target: string | undefined): Params {
  if (method === "sendMessageDraft") return { draft_id: Number(target?.slice(draftPrefix.length)) };
  if (kind === "message.post" || kind === "stream.end" || target === undefined || method === "sendChatAction") return {};
  const message = Number(target);
  return method === "deleteBusinessMessages" ? { message_ids: [message] } : { message_id: message };
}

/** One call, with the repairs that Telegram's refusals ask for, each tried once. */
async function attempt(bots: Bots, call: TelegramCall, outgoing: Outgoing, context: AdapterContext): Promise<unknown> {
  const { account } = outgoing.to;
  const ready = { method: call.method, params: await fill(bots, call.params, account, context) };
  let wanted = ready;
  for (const repairs = new Set<string>(); ;) {
    try {
      return await bots.request(account, wanted, context);
    } catch (error) {
      const failure = apiFailure(error);
      if (failure && isDoneAlready(failure, outgoing.kind, outgoing.attempt)) return true;
      const repair = failure && repairFor(failure.description, wanted);
      if (!repair || repairs.has(repair.name)) {
        throw asGatewayError(error, { account, method: wanted.method, to: outgoing.to, attempt: outgoing.attempt });
      }
      repairs.add(repair.name);
      if (repair.odd)
        context.log.warn(
          { platform: "telegram", account, method: wanted.method, repair: repair.name },
          "Telegram refused a message; sending it simpler",
        );
      wanted = repair.call;
    }
  }
}

interface Repair {
  readonly name: string;
  readonly call: TelegramCall;
  /** Should not have been needed. */
  readonly odd?: true;
}

function repairFor(said: string, { method, params }: TelegramCall): Repair | undefined {
  if (/can't parse entities/i.test(said))
    return { name: "as plain text", call: { method, params: unmarked(params) as Params }, odd: true };
  if (/message to be replied not found|replied message not found/i.test(said) && "reply_parameters" in params) {
    const { reply_parameters: _, ...rest } = params;
    return { name: "without the reply", call: { method, params: rest } };
  }
  if (method === "editMessageText" && /no text in the message to edit/i.test(said)) {
    const { text, link_preview_options: _, ...rest } = params;
    return { name: "as a caption", call: { method: "editMessageCaption", params: { ...rest, caption: text } } };
  }
  if (method === "sendPhoto" && /PHOTO_INVALID_DIMENSIONS|IMAGE_PROCESS_FAILED|photo is too big|file is too big/i.test(said)) {
    const { photo, ...rest } = params;
    return { name: "as a file", call: { method: "sendDocument", params: { ...rest, document: photo } } };
  }
  return undefined;
}

/** The parameters without markup, captions inside an album included. */
function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (!isPlain(value)) return value;
  const html = value.parse_mode === "HTML";
  const entries = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    if (html && name === "parse_mode") return [];
    if (html && (name === "text" || name === "caption") && typeof field === "string") return [[name, plainOf(field)]];
    return [[name, name === "media" ? unmarked(field) : field]];
  });
  return Object.fromEntries(entries);
}

/** Files of the SDK are objects too, and must reach it as they are. */
function isPlain(value: unknown): value is JsonObject {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype;
}

/** Puts what the body only names into the parameters: bytes from the store, and stand-ins for long callback data. */
async function fill(bots: Bots, params: Params, account: string, context: AdapterContext): Promise<Params> {
  const { reply_markup: markup, ...rest } = params;
  const filled = (await withFiles(bots, rest, account, context)) as Params;
  if (markup === undefined) return filled;
  return { ...filled, reply_markup: await withShortData(markup, account, context) };
}

async function withFiles(bots: Bots, value: unknown, account: string, context: AdapterContext): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((one) => withFiles(bots, one, account, context)));
  if (!isPlain(value)) return value;
  if (typeof value.stored === "string") return upload(bots, value as unknown as Upload, account, context);
  const entries = Object.entries(value).map(
    async ([name, field]) => [name, await withFiles(bots, field, account, context)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function upload(
  bots: Bots,
  { stored, name, mediaType }: Upload,
  account: string,
  context: AdapterContext,
): Promise<unknown> {
  const bytes = await context.blobs.get(stored);
  if (!bytes) {
    throw new GatewayError(
      "content.rejected",
      "telegram: the bytes of an attachment are not in the store any more. Attach them again.",
      {
        platform: "telegram",
        account,
      },
    );
  }
  return bots.file(bytes, { filename: name ?? "file", ...(mediaType === undefined ? {} : { contentType: mediaType }) });
}

async function withShortData(markup: unknown, account: string, context: AdapterContext): Promise<unknown> {
  const rows = object(markup).inline_keyboard;
  if (!Array.isArray(rows)) return markup;
  const shorten = async (button: unknown): Promise<unknown> => {
    const data = object(button).callback_data;
    if (typeof data !== "string" || Buffer.byteLength(data) <= callbackLimitBytes) return button;
    const short = shortData(data);
    await context.memory.set(callbackKey(account, short), data, { ttlMs: callbackTtlMs });
    return { ...object(button), callback_data: short };
  };
  const short = await Promise.all(rows.map((row: unknown) => (Array.isArray(row) ? Promise.all(row.map(shorten)) : row)));
  return { ...object(markup), inline_keyboard: short };
}

/** The message in an answer, the first one of an album. */
function madeBy(result: unknown): JsonObject {
  return object(Array.isArray(result) ? result[0] : result);
}

function messageIdOf(result: unknown): { readonly messageId?: string } {
  const messageId = id(madeBy(result).message_id);
  return messageId === undefined ? {} : { messageId };
}

/** Posts in a channel have no sender, so our own are known by their ids when they come back as updates. */
async function remember({ to }: Outgoing, result: unknown, context: AdapterContext): Promise<void> {
  for (const message of objects(Array.isArray(result) ? result : [result])) {
    const { type, id: chat } = object(message.chat);
    const post = id(message.message_id);
    if (type === "channel" && post !== undefined)
      await context.memory.set(postedKey(to.account, id(chat) ?? to.room, post), true, { ttlMs: dayMs });
  }
}

async function finish(
  { kind, to, messageId: about }: Outgoing,
  target: string | undefined,
  made: string | undefined,
  raw: unknown,
  context: AdapterContext,
): Promise<Receipt> {
  if (kind === "stream.end" && about?.startsWith(draftPrefix) && made !== undefined) {
    await context.memory.set(finishedKey(to.room, about), made, { ttlMs: progressTtlMs });
  }
  const messageId = made ?? target;
  const { username } = object(madeBy(raw).chat);
  const url = typeof username === "string" && made !== undefined ? { url: `https://t.me/${username}/${made}` } : {};
  const result = raw === undefined || raw === true ? {} : { raw };
  return { at: context.clock.now(), ...(messageId === undefined ? {} : { messageId }), ...url, ...result };
}

import type { AdapterContext, Outgoing, Receipt, Sender } from "@devflow/gateway/contract";
import { GatewayError, isObject, type JsonObject } from "@devflow/gateway/kit";
import { roomKind } from "./capability.ts";
import { downloadMedia, uploadMedia, type Numbers } from "./client/index.ts";
import {
  id,
  object,
  objects,
  present,
  pressKey,
  pressLimit,
  shortPress,
  stampKey,
  writeStamp,
  type Upload,
  type WhatsAppBody,
  type WhatsAppCall,
} from "./wire/index.ts";

const dayMs = 86_400_000;
/** How long a button with much to say works. */
const pressTtlMs = 180 * dayMs;
/** How long the parts of a message that were sent already are remembered, for a retry of the rest. */
const progressTtlMs = 7 * dayMs;
/** Reactions to older messages are refused. */
const reactionTtlMs = 30 * dayMs;
/** Most that Meta takes of one file. */
const fileLimitBytes = 100_000_000;

/** How far an operation of several requests has come: the ids of what was sent. */
interface Progress {
  readonly sent: readonly string[];
}

/** Makes the sender: one operation, one try. */
export function sender(numbers: Numbers): Sender {
  return {
    async send(outgoing, context) {
      // Written by our own formatter, and read back from the outbox as JSON.
      const { calls, main = 0, reaction } = outgoing.body as unknown as WhatsAppBody;
      const ours = `reaction/${outgoing.to.account}/${outgoing.messageId ?? ""}`;
      // A number has one reaction to a message, and the next takes its place: to remove the first one would remove the next.
      const known = outgoing.kind === "reaction.remove" ? (await context.memory.get<string>(ours))?.value : undefined;
      if (known !== undefined && known !== reaction) return { at: context.clock.now() };
      const key = `sent/${outgoing.to.account}/${outgoing.key}`;
      const sent = calls.length > 1 ? [...((await context.memory.get<Progress>(key))?.value.sent ?? [])] : [];
      let raw: unknown;
      for (const [at, call] of calls.entries()) {
        if (at < sent.length) continue;
        const made = await attempt(numbers, call, at, outgoing, context);
        raw = made.raw;
        sent.push(made.messageId ?? "");
        if (calls.length > 1) await context.memory.set(key, { sent } satisfies Progress, { ttlMs: progressTtlMs });
      }
      if (outgoing.kind === "reaction.add") await context.memory.set(ours, reaction, { ttlMs: reactionTtlMs });
      const messageId = sent[main] || sent[0];
      return {
        at: context.clock.now(),
        ...(messageId ? { messageId } : {}),
        ...(raw === undefined ? {} : { raw }),
      } satisfies Receipt;
    },
  };
}

async function attempt(
  numbers: Numbers,
  call: WhatsAppCall,
  at: number,
  outgoing: Outgoing,
  context: AdapterContext,
): Promise<{ readonly messageId?: string; readonly raw?: unknown }> {
  const { account } = outgoing.to;
  const stamp = outgoing.kind === "typing.start" ? undefined : writeStamp(outgoing.key, at);
  if (stamp !== undefined && outgoing.attempt > 1) {
    const taken = await context.memory.get<string>(stampKey(account, stamp));
    if (taken) return { messageId: taken.value };
  }
  const filled = await fill(numbers, complete(call, outgoing), account, context);
  const json = { messaging_product: "whatsapp", ...filled, ...(stamp === undefined ? {} : { biz_opaque_callback_data: stamp }) };
  const { to, attempt: nth } = outgoing;
  const raw = await numbers.call(account, { path: `${account}/messages`, what: outgoing.kind, json }, context, {
    to,
    attempt: nth,
  });
  const messageId = id(objects(raw.messages)[0]?.id);
  return messageId === undefined ? { raw } : { messageId, raw };
}

/** Who a request goes to. Meta ignores `recipient` where there is a `to`. */
function recipientOf(room: string): JsonObject {
  const kind = roomKind(room);
  if (kind === "scoped") return { recipient_type: "individual", recipient: room };
  return { recipient_type: kind === "group" ? "group" : "individual", to: room };
}

/** Adds who it goes to and what it is about: known only now. */
function complete(call: WhatsAppCall, { kind, to, messageId }: Outgoing): WhatsAppCall {
  if (kind === "typing.start") {
    if (to.route !== undefined && to.route !== "") return { ...call, message_id: to.route };
    const what = "typing is shown only in answer to a message; use the conversation of an event";
    throw new GatewayError("operation.rejected", `whatsapp: number ${to.account}: ${what}.`, {
      platform: "whatsapp",
      account: to.account,
    });
  }
  const reaction = object(call.reaction);
  return {
    ...recipientOf(to.room),
    ...call,
    ...(call.type === "reaction" ? { reaction: { message_id: messageId ?? "", ...reaction } } : {}),
  };
}

/** Puts what the body only names into the request: files, and stand-ins for long ids of buttons. */
async function fill(numbers: Numbers, call: WhatsAppCall, account: string, context: AdapterContext): Promise<WhatsAppCall> {
  const type = typeof call.type === "string" ? call.type : "";
  const part = call[type];
  if (!isObject(part)) return call;
  if (type === "interactive") return { ...call, interactive: await withShortPresses(part, account, context) };
  if (!isObject(part.id)) return call;
  return { ...call, [type]: { ...part, id: await upload(numbers, part.id, account, context) } };
}

async function upload(numbers: Numbers, file: Upload, account: string, context: AdapterContext): Promise<string> {
  const { stored, media = "" } = file;
  const bytes =
    stored === undefined
      ? await downloadMedia(numbers, account, media, fileLimitBytes, context)
      : await context.blobs.get(stored);
  if (bytes) return await uploadMedia(numbers, account, present({ bytes, name: file.name, mediaType: file.mediaType }), context);
  const what = "the bytes of an attachment are not in the store any more. Attach them again";
  throw new GatewayError("content.rejected", `whatsapp: number ${account}: ${what}.`, { platform: "whatsapp", account });
}

async function withShortPresses(interactive: JsonObject, account: string, context: AdapterContext): Promise<JsonObject> {
  const shorten = async (one: JsonObject): Promise<JsonObject> => {
    const spelled = id(one.id) ?? "";
    if (spelled.length <= pressLimit) return one;
    const short = shortPress(spelled);
    await context.memory.set(pressKey(account, short), spelled, { ttlMs: pressTtlMs });
    return { ...one, id: short };
  };
  const { buttons, sections, ...rest } = object(interactive.action);
  const action: Record<string, unknown> = rest;
  if (buttons !== undefined) {
    action.buttons = await Promise.all(
      objects(buttons).map(async (one) => ({ ...one, reply: await shorten(object(one.reply)) })),
    );
  }
  if (sections !== undefined) {
    action.sections = await Promise.all(
      objects(sections).map(async (one) => ({ ...one, rows: await Promise.all(objects(one.rows).map(shorten)) })),
    );
  }
  return { ...interactive, action };
}

import { hash } from "node:crypto";
import type { AdapterContext, Outgoing, Receipt } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { refusalOf } from "../errors.ts";
import { platform } from "../options.ts";
import { flags, id, keepLong, number, object, readRoute, type DiscordBody, type MessagePayload } from "../wire/index.ts";
import { respond } from "./respond.ts";
import { notePlace, openRoom } from "./room.ts";
import { attach, loadFiles, type Loaded } from "./upload.ts";

type Post = Extract<DiscordBody, { type: "post" }>;

/** The thread that was to be started exists. */
const threadExists = 160_004;

/** Posts a message: as the answer to an interaction while there is one to answer, else into the channel. */
export async function post(outgoing: Outgoing, body: Post, clients: Clients, context: AdapterContext): Promise<Receipt> {
  const files = await loadFiles(outgoing, clients, context);
  const message = attach((await keepLong(body.message, context.memory)) as MessagePayload, files);
  const route = readRoute(outgoing.to.route);
  if (body.onlyFor !== undefined && body.onlyFor !== route?.user) throw notAlone(outgoing);
  if (route !== undefined && body.thread === undefined) {
    const alone = body.onlyFor === undefined ? message : hidden(message);
    const answered = await respond({ outgoing, route, message: alone, files, alone: alone !== message }, clients, context);
    if (answered !== undefined) return answered;
    if (body.onlyFor !== undefined) throw tooLate(outgoing);
  }
  const channel = await openRoom(outgoing.to, clients, context);
  if (body.thread !== undefined) return await postInThread(channel, { ...body, message }, outgoing, files, clients, context);
  return await postIn(channel, message, body.replyTo, outgoing, files, clients, context);
}

function hidden(message: MessagePayload): MessagePayload {
  return { ...message, flags: (number(message["flags"]) ?? 0) | flags.ephemeral };
}

/** Discord keeps the key of a message for some minutes, and answers a second one with the message that it made of the first. */
async function postIn(
  channel: string,
  message: MessagePayload,
  replyTo: string | undefined,
  { key, to }: Outgoing,
  files: Loaded,
  clients: Clients,
  context: AdapterContext,
): Promise<Receipt> {
  const nonce = hash("sha256", key, "base64url").slice(0, 25);
  const reply = id(replyTo) === undefined ? {} : { message_reference: { message_id: replyTo, fail_if_not_exists: false } };
  const body = { ...message, ...reply, nonce, enforce_nonce: true };
  const path = `/channels/${channel}/messages`;
  return receipt(await clients.call(to.account, { method: "POST", path, body }, "a message", context, files.raw), context);
}

/** A post of a forum is a thread with its first message; elsewhere the thread hangs on the message that is answered. */
async function postInThread(
  channel: string,
  { thread, message, replyTo }: Post,
  outgoing: Outgoing,
  files: Loaded,
  clients: Clients,
  context: AdapterContext,
): Promise<Receipt> {
  const { account } = outgoing.to;
  if (id(replyTo) === undefined) {
    const call = { method: "POST", path: `/channels/${channel}/threads`, body: { ...thread, message } } as const;
    const made = receipt(await clients.call(account, call, "a post", context, files.raw), context);
    return await notePlace(outgoing.to, made, made.messageId, context);
  }
  const path = `/channels/${channel}/messages/${replyTo}/threads`;
  let started: string | undefined;
  try {
    started = id(object(await clients.call(account, { method: "POST", path, body: thread }, "a thread", context))["id"]);
  } catch (error) {
    if (!isGatewayError(error) || refusalOf(error)?.code !== threadExists) throw error;
  }
  // A thread has the id of the message that it was started from.
  const below = started ?? replyTo ?? channel;
  const made = await postIn(below, message, undefined, outgoing, files, clients, context);
  return await notePlace(outgoing.to, made, below, context);
}

/** A receipt of the message in an answer; that of a forum is the thread, which has the message's id. */
function receipt(answer: unknown, context: AdapterContext): Receipt {
  const messageId = id(object(answer)["id"]);
  return { at: context.clock.now(), ...(messageId === undefined ? {} : { messageId }) };
}

function notAlone({ to }: Outgoing): GatewayError {
  const said = `discord: application ${to.account}: a message for one person alone answers a command or a button of that person. Send it to them directly: their room is "@" and their id.`;
  return new GatewayError("operation.rejected", said, { platform, account: to.account });
}

function tooLate({ to }: Outgoing): GatewayError {
  const said = `discord: application ${to.account}: the interaction is too old for a message to one person alone.`;
  return new GatewayError("window.closed", said, { platform, account: to.account });
}

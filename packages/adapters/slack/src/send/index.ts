import type { AdapterContext, Outgoing, Receipt, Sender } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import type { Answer, Clients } from "../client/index.ts";
import { slackCodeOf } from "../errors.ts";
import type { Settings } from "../options.ts";
import { keepLong, record, text, type SlackCall } from "../wire/index.ts";
import { findMarked, marked } from "./repeat.ts";
import { openRoom } from "./room.ts";
import { canRespond, respond } from "./respond.ts";
import { upload } from "./upload.ts";

/** Failures that say it is as it should be. */
const alreadySo: Readonly<Record<string, string>> = {
  "reactions.add": "already_reacted",
  "reactions.remove": "no_reaction",
  "chat.delete": "message_not_found",
};

/** Hands one operation to Slack, once. */
export function createSender({ avoidDoubles }: Pick<Settings, "avoidDoubles">, clients: Clients): Sender {
  return {
    async send(outgoing, context) {
      const call = outgoing.body as unknown as SlackCall;
      if (call.method === "files.completeUploadExternal") return await upload(outgoing, call, clients, context);
      const post = avoidDoubles && call.method === "chat.postMessage";
      if (post && outgoing.attempt > 1) {
        const known = await findMarked(outgoing, clients, context);
        if (known !== undefined) return made(context, known);
      }
      const complete = await completed(outgoing, call, clients, context);
      const args = post ? marked(complete, outgoing.key) : complete;
      if (call.method === "chat.stopStream") return await endStream(outgoing, call, args, clients, context);
      try {
        return receipt(call.method, await clients.call(outgoing.to.account, call.method, args, context), context);
      } catch (error) {
        if (slackCodeOf(error) !== undefined && slackCodeOf(error) === alreadySo[call.method]) return { at: context.clock.now() };
        if (canRespond(error, outgoing.to, call)) return await respond(outgoing.to, args, context);
        throw error;
      }
    },
  };
}

/** The arguments with what the formatter could not know: the message, the room behind a person, and where long texts went. */
async function completed(
  { to, messageId, kind }: Outgoing,
  { method, args }: SlackCall,
  clients: Clients,
  context: AdapterContext,
): Promise<Readonly<Record<string, unknown>>> {
  const full = await keepLong(args, context.memory);
  // Posting to a person opens the conversation; every other method wants its id.
  const channel =
    method === "chat.postMessage" || full["channel"] === undefined ? undefined : await openRoom(to, clients, context);
  const room = channel === undefined || channel === to.room ? {} : { channel };
  if (kind === "message.post" || kind === "stream.begin" || kind === "form.open") return { ...full, ...room };
  if (messageId === undefined || messageId === "") {
    throw new GatewayError("operation.rejected", `slack: ${kind} on account ${to.account} lacks the id of its message.`, {
      platform: "slack",
      account: to.account,
    });
  }
  return { ...full, ...room, [method.startsWith("reactions.") ? "timestamp" : "ts"]: messageId };
}

/**
 * Stops a stream so that the message reads as the draft. A stream that Slack has closed already lacks its end, and an earlier
 * attempt may have stopped it: both are settled by an edit. Where the reader pressed stop, it stays as it is.
 */
async function endStream(
  { to, messageId }: Outgoing,
  { method, exact }: SlackCall,
  args: Readonly<Record<string, unknown>>,
  clients: Clients,
  context: AdapterContext,
): Promise<Receipt> {
  let settled = exact?.needed !== true;
  try {
    await clients.call(to.account, method, args, context);
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    if (error.code === "stream.stopped") return made(context, messageId);
    if (error.code !== "stream.expired") throw error;
    settled = false;
  }
  if (!settled && exact !== undefined) {
    const edit = await keepLong({ ...exact.args, channel: args["channel"], ts: messageId }, context.memory);
    await clients.call(to.account, "chat.update", edit, context);
  }
  return made(context, messageId);
}

/** What a person alone sees has a `ts` too, but nothing can be done with it. */
function receipt(method: string, answer: Answer, context: AdapterContext): Receipt {
  if (method === "chat.postEphemeral" || method === "views.open") return { at: context.clock.now() };
  return made(context, text(answer["ts"]) ?? text(record(answer["message"])["ts"]));
}

function made(context: AdapterContext, messageId: string | undefined): Receipt {
  return { at: context.clock.now(), ...(messageId === undefined ? {} : { messageId }) };
}

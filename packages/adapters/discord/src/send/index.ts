import type { AdapterContext, Outgoing, Receipt, Sender } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import { callback, giveBack, takeFirst, type Clients } from "../client/index.ts";
import { refusalOf } from "../errors.ts";
import { platform } from "../options.ts";
import { isOpen, keepLong, readRoute, type DiscordBody, type DiscordCall } from "../wire/index.ts";
import { attach, loadFiles } from "./upload.ts";
import { post } from "./post.ts";
import { roomOf } from "./room.ts";

/** What has gone already needs no deleting. */
const unknownMessage = 10_008;
/** Refusals behind which a message may be that only the token of its interaction reaches. */
const hidden: ReadonlySet<number> = new Set([10_003, unknownMessage, 50_001, 50_013]);

/** Hands one operation to Discord, once. */
export function sender(clients: Clients): Sender {
  return {
    async send(outgoing, context) {
      // Written by our own formatter, and read back from the outbox as JSON.
      const body = outgoing.body as unknown as DiscordBody;
      switch (body.type) {
        case "post":
          return await post(outgoing, body, clients, context);
        case "edit":
          return await edit(outgoing, body, clients, context);
        case "call":
          return await call(outgoing, body, clients, context);
        case "modal":
          return await openForm(outgoing, body, clients, context);
      }
    },
  };
}

async function edit(
  outgoing: Outgoing,
  body: Extract<DiscordBody, { type: "edit" }>,
  clients: Clients,
  context: AdapterContext,
): Promise<Receipt> {
  const messageId = messageOf(outgoing);
  const { account } = outgoing.to;
  const files = await loadFiles(outgoing, clients, context);
  const message = attach((await keepLong(body.message, context.memory)) as typeof body.message, files);
  const channel = await roomOf(outgoing.to, messageId, clients, context);
  const receipt = { at: context.clock.now(), messageId };
  try {
    const path = `/channels/${channel}/messages/${messageId}`;
    await clients.call(account, { method: "PATCH", path, body: message }, "an edit", context, files.raw);
  } catch (error) {
    if (!(await withToken(error, outgoing, { method: "PATCH", body: message }, clients, context))) throw error;
  }
  return receipt;
}

async function call(
  outgoing: Outgoing,
  { method, path }: Extract<DiscordBody, { type: "call" }>,
  clients: Clients,
  context: AdapterContext,
): Promise<Receipt> {
  const about = path.includes("{message}") ? messageOf(outgoing) : "";
  const channel = await roomOf(outgoing.to, about, clients, context);
  const filled = path.replace("{channel}", channel).replace("{message}", about);
  try {
    await clients.call(outgoing.to.account, { method, path: filled }, outgoing.kind, context);
  } catch (error) {
    const deleting = outgoing.kind === "message.delete";
    const done = deleting && (await withToken(error, outgoing, { method: "DELETE" }, clients, context));
    if (!done && !(deleting && refusalOf(error)?.code === unknownMessage)) throw error;
  }
  return { at: context.clock.now() };
}

/** Tries by the token of the interaction what the bot may not do by itself: to what one person alone sees, or where it is no member. */
async function withToken(
  error: unknown,
  outgoing: Outgoing,
  request: Pick<DiscordCall, "method" | "body">,
  clients: Clients,
  context: AdapterContext,
): Promise<boolean> {
  const route = readRoute(outgoing.to.route);
  const code = refusalOf(error)?.code;
  if (route === undefined || code === undefined || !hidden.has(code) || !isOpen(route, context.clock.now())) return false;
  const { account } = outgoing.to;
  const path = `/webhooks/${account}/${route.token}/messages/${messageOf(outgoing)}`;
  try {
    await clients.call(account, { ...request, path, auth: false }, outgoing.kind, context);
    return true;
  } catch (second) {
    if (isGatewayError(second) && second.retryable) throw second;
    return false;
  }
}

/** A form is the first answer to an interaction, or none. */
async function openForm(
  { to, key }: Outgoing,
  { trigger, modal }: Extract<DiscordBody, { type: "modal" }>,
  clients: Clients,
  context: AdapterContext,
): Promise<Receipt> {
  const route = readRoute(trigger);
  const late = (): GatewayError =>
    new GatewayError(
      "window.closed",
      `discord: application ${to.account}: a form must be the first answer to a command or a button, within two seconds. Open it before anything else.`,
      { platform, account: to.account },
    );
  if (route === undefined || !(await takeFirst(route, key, context))) throw late();
  try {
    const data = await keepLong(modal, context.memory);
    await callback(route, { type: 9, data }, clients, to.account, context);
  } catch (error) {
    const { code } = refusalOf(error) ?? {};
    // An earlier attempt may have opened it and lost the answer.
    if (code === 40_060) return { at: context.clock.now() };
    if (code === 10_062) throw late();
    if (isGatewayError(error) && !error.retryable) await giveBack(route, context);
    throw error;
  }
  return { at: context.clock.now() };
}

function messageOf({ messageId, kind, to }: Outgoing): string {
  if (messageId !== undefined && /^\d{1,20}$/.test(messageId)) return messageId;
  throw new GatewayError(
    "target.gone",
    `discord: application ${to.account}, ${kind}: its message id is none of Discord's. Use the id of a receipt or an event.`,
    { platform, account: to.account },
  );
}

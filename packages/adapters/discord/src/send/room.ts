import type { AdapterContext, Address, Receipt } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { platform } from "../options.ts";
import { channelOf, id, object } from "../wire/index.ts";

/** How long it is known where a message is that began a thread. */
const placeMs = 180 * 86_400_000;

/** The channel of a message at an address: that of the address, unless the message began a thread. Empty: no message. */
export async function roomOf(to: Address, messageId: string, clients: Clients, context: AdapterContext): Promise<string> {
  const began = messageId === "" ? undefined : await context.memory.get<string>(placeKey(to, messageId));
  return began?.value ?? (await openRoom(to, clients, context));
}

/** Remembers that a message is in a thread that it began, and not at its address. Never rejects: it would be posted again. */
export async function notePlace(
  to: Address,
  made: Receipt,
  thread: string | undefined,
  context: AdapterContext,
): Promise<Receipt> {
  if (made.messageId === undefined) return made;
  await context.memory.set(placeKey(to, made.messageId), thread, { ttlMs: placeMs }).catch((error: unknown) => {
    const code = isGatewayError(error) ? error.code : "unknown";
    const said = "discord: it could not be written down where a message began a thread; it cannot be edited";
    context.log.warn({ platform, account: to.account, code }, said);
  });
  return made;
}

function placeKey({ account }: Address, messageId: string): string {
  return `place/${account}/${messageId}`;
}

/** The channel of an address. `@<user id>` stands for the direct conversation with a person, which is opened on first use. */
export async function openRoom(to: Address, clients: Clients, context: AdapterContext): Promise<string> {
  const { account } = to;
  const channel = channelOf(to);
  const [, person] = /^@(\d{1,20})$/.exec(channel) ?? [];
  if (person === undefined) {
    if (/^\d{1,20}$/.test(channel)) return channel;
    throw gone(account, `the room ${JSON.stringify(channel.slice(0, 40))} is no id of a channel, nor "@" and that of a person`);
  }
  const key = `direct/${account}/${person}`;
  const known = await context.memory.get<string>(key);
  if (typeof known?.value === "string") return known.value;
  const call = { method: "POST", path: "/users/@me/channels", body: { recipient_id: person } } as const;
  const opened = id(object(await clients.call(account, call, "opening a direct conversation", context))["id"]);
  if (opened === undefined) throw gone(account, "Discord opened no conversation with this person");
  await context.memory.set(key, opened);
  return opened;
}

function gone(account: string, what: string): GatewayError {
  return new GatewayError("target.gone", `discord: application ${account}: ${what}.`, { platform, account });
}

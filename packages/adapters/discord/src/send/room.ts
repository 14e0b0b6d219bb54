import type { AdapterContext, Address } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { platform } from "../options.ts";
import { channelOf, id, object } from "../wire/index.ts";

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

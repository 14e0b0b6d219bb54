import type { AdapterContext, Address } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { record, text } from "../wire/index.ts";

/** The room of an address. A person's id stands for the direct conversation with them, which is opened on first use. */
export async function openRoom({ room, account }: Address, clients: Clients, context: AdapterContext): Promise<string> {
  if (!/^[UW]/.test(room)) return room;
  const key = `direct:${account}:${room}`;
  const known = await context.memory.get<string>(key);
  if (typeof known?.value === "string") return known.value;
  const answer = await clients.call(account, "conversations.open", { users: room }, context);
  const opened = text(record(answer["channel"])["id"]);
  if (opened === undefined) {
    throw new GatewayError("target.gone", `slack: no conversation with ${room} on account ${account} could be opened.`, {
      platform: "slack",
      account,
    });
  }
  await context.memory.set(key, opened);
  return opened;
}

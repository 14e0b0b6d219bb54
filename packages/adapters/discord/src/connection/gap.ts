import type { AdapterContext } from "@devflow/gateway/contract";
import { isGatewayError, sleep, type JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { platform } from "../options.ts";
import { id, idOfTime, object, objects } from "../wire/index.ts";

/** What was missed longer ago than this is not asked for. */
const reachMs = 86_400_000;
/** Clocks differ, and a message that comes twice is told once. */
const overlapMs = 5_000;
const pageLimit = 100;
const attempts = 3;

/**
 * What was said in a server while no session was there to hear it: the newest hundred messages of each channel that has any,
 * oldest first. A channel that the bot may not read is passed over.
 */
export async function missedIn(
  server: JsonObject,
  since: number,
  clients: Clients,
  account: string,
  context: AdapterContext,
): Promise<readonly JsonObject[]> {
  const after = idOfTime(Math.max(since - overlapMs, context.clock.now() - reachMs));
  const missed = (known: string | undefined): boolean => known !== undefined && BigInt(known) > BigInt(after);
  const channels = [...objects(server["channels"]), ...objects(server["threads"])];
  const found: JsonObject[] = [];
  for (const channel of channels.filter((one) => missed(id(one["last_message_id"])))) {
    const path = `/channels/${String(id(channel["id"]))}/messages`;
    // Not `after`: that gives the oldest of what follows.
    const page = (await ask(path, clients, account, context)).filter((one) => missed(id(one["id"])));
    found.push(...page.toReversed().map((message) => object({ ...message, guild_id: server["id"] })));
  }
  return found;
}

async function ask(path: string, clients: Clients, account: string, context: AdapterContext): Promise<readonly JsonObject[]> {
  const query = { limit: String(pageLimit) };
  for (let attempt = 1; ; attempt++) {
    try {
      return objects(await clients.call(account, { method: "GET", path, query }, "what was missed", context));
    } catch (error) {
      const { code = "unknown", retryable = false, retryAfterMs = 1_000 } = isGatewayError(error) ? error : {};
      if (retryable && attempt < attempts) await sleep(context.clock, retryAfterMs, context.signal);
      else {
        context.log.warn({ platform, account, code }, "discord: a channel could not be asked for what was missed");
        return [];
      }
    }
  }
}

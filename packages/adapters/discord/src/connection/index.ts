import type { AdapterContext, ConnectionTransport } from "@devflow/gateway/contract";
import type { Clients } from "../client/index.ts";
import type { Settings } from "../options.ts";
import { number, object } from "../wire/index.ts";
import { listen } from "./embedded.ts";
import { holdLine } from "./line.ts";

/**
 * The Gateway. A line is a shard: the one line of a bot is named after its application, one of several
 * `<application>:<shard>/<shards>`, and each has a lease and a session of its own.
 */
export function connection(settings: Settings, clients: Clients): ConnectionTransport {
  return {
    async lines(context) {
      const wanted =
        settings.gateway ?? (settings.client !== undefined || (await clients.token(undefined, context)) !== undefined);
      if (!wanted) return [];
      const account = await clients.account(context);
      const shards = settings.client === undefined ? await countShards(settings, account, clients, context) : 1;
      return shards === 1 ? [account] : Array.from({ length: shards }, (_, shard) => `${account}:${shard}/${shards}`);
    },
    async run(name, sink, context, up) {
      const [, account = name, shard = "0", shards = "1"] = /^(\d+):(\d+)\/(\d+)$/.exec(name) ?? [];
      const line = { account, settings, clients, sink, context, up };
      if (settings.client) return await listen({ ...line, client: settings.client });
      await holdLine({ ...line, name, shard: Number(shard), shards: Number(shards) });
    },
  };
}

async function countShards({ shards }: Settings, account: string, clients: Clients, context: AdapterContext): Promise<number> {
  if (shards !== "auto") return shards;
  const answer = object(await clients.call(account, { method: "GET", path: "/gateway/bot" }, "the number of shards", context));
  return Math.max(1, Math.trunc(number(answer["shards"]) ?? 1));
}

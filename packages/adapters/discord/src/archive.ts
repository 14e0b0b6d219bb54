import type { Archive } from "@devflow/gateway/contract";
import type { Clients } from "./client/index.ts";
import { messageOf, selfOf } from "./normalize/index.ts";
import { channelOf, id, objects } from "./wire/index.ts";

/** Most messages of one request. */
const pageLimit = 100;

/** Makes the role that reads what was said before. */
export function archive(clients: Clients): Archive {
  return {
    async history(address, { limit, before }, context) {
      const { account } = address;
      const identity = await clients.identify(account, context);
      const self = selfOf(account, identity);
      const path = `/channels/${channelOf(address)}/messages`;
      const found: ReturnType<typeof objects>[number][] = [];
      let oldest = before;
      while (found.length < limit) {
        const count = Math.min(pageLimit, limit - found.length);
        const query = { limit: String(count), ...(oldest === undefined ? {} : { before: oldest }) };
        const page = objects(await clients.call(account, { method: "GET", path, query }, "the history", context));
        found.push(...page);
        oldest = id(page.at(-1)?.["id"]);
        if (page.length < count || oldest === undefined) break;
      }
      // What is read again says nothing of its server; whether we are named, it does say.
      return found.toReversed().map((message) => messageOf(message, self, false));
    },
  };
}

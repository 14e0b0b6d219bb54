import type { Archive } from "@devflow/gateway/contract";
import type { Clients } from "./client/index.ts";
import { readMessage, roomKind } from "./normalize/index.ts";
import { record, records, text } from "./wire/index.ts";

/** Slack gives at most this many at once; apps outside its Marketplace get fifteen. */
const pageLimit = 999;
/** A thread is read from its root; beyond this many pages its newest messages are out of reach. */
const pagesLimit = 20;

/** Reads a channel, a direct conversation, or a thread. Needs the `history` scopes. */
export function createArchive(clients: Clients): Archive {
  return {
    async history(address, { limit, before }, context) {
      const { account, room, thread } = address;
      const range = {
        channel: room,
        limit: Math.min(Math.max(1, limit), pageLimit),
        ...(before === undefined ? {} : { latest: before, inclusive: false }),
      };
      const found =
        thread === undefined
          ? records((await clients.call(account, "conversations.history", range, context))["messages"])
          : await readThread(thread, range);
      const self = { users: [await clients.ownId(account, context)], app: undefined };
      const kind = roomKind(room);
      return found
        .filter((message) => text(message["ts"]) !== undefined && message["ts"] !== before)
        .toSorted((a, b) => (String(a["ts"]) < String(b["ts"]) ? -1 : 1))
        .slice(-limit)
        .map((message) => readMessage(message, { self, direct: kind === "direct", at: 0 }));

      /** A thread is read from its root on; the newest are at the end of the last page. */
      async function readThread(ts: string, query: typeof range): Promise<ReturnType<typeof records>> {
        const messages: ReturnType<typeof records>[number][] = [];
        let cursor: string | undefined;
        for (let pages = 0; pages < pagesLimit; pages++) {
          const page = { ...query, limit: pageLimit, ts, ...(cursor === undefined ? {} : { cursor }) };
          const answer = await clients.call(account, "conversations.replies", page, context);
          messages.push(...records(answer["messages"]));
          const next = answer["has_more"] === true ? text(record(answer["response_metadata"])["next_cursor"]) : undefined;
          if (next === undefined || next === cursor) break;
          cursor = next;
        }
        return messages;
      }
    },
  };
}

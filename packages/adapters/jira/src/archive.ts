import type { Archive, Message } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "./client/index.ts";
import { readMessage } from "./normalize/index.ts";
import { audienceOf, isIssueKey, markerKey, pathOf, readRoute, record, records, text, writeRoute } from "./wire/index.ts";

const pageSize = 100;
/** An issue has at most 5,000 comments. */
const pagesLimit = 50;

/** Reads the comments on an issue, from the newest back: those for everybody, and those for the same people as the answer. */
export function createArchive(clients: Clients): Archive {
  return {
    async history(address, { limit, before }, context) {
      const { account, thread = "", route } = address;
      if (!isIssueKey(thread)) return [];
      const identity = await clients.own(account, context);
      const found: Message[] = [];
      const answered = writeRoute(readRoute(route));
      const isFor = (comment: JsonObject): boolean => {
        const audience = audienceOf(comment);
        return audience === undefined || writeRoute(audience) === answered;
      };
      let reached = before === undefined;
      for (let page = 0; page < pagesLimit && found.length < limit; page++) {
        const query = { orderBy: "-created", startAt: page * pageSize, maxResults: pageSize, expand: "properties" };
        const answer = record(
          await clients.call(account, { method: "GET", path: pathOf`/issue/${thread}/comment`, query }, context),
        );
        const comments = records(answer["comments"]);
        for (const comment of comments) {
          if (reached && found.length < limit && text(comment["id"]) !== undefined && isFor(comment)) {
            const own = records(comment["properties"]).some((property) => property["key"] === markerKey);
            found.push(readMessage(comment, { identity, own, fields: record(undefined), at: 0 }));
          }
          reached ||= comment["id"] === before;
        }
        if (comments.length < pageSize) break;
      }
      return found.toReversed();
    },
  };
}

import type { Address, AdapterContext, Archive } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { fields, type Clients } from "./client/index.ts";
import { readMessage, selfOf } from "./normalize/index.ts";
import { idOf, number, placeOf, records, type Place } from "./wire/index.ts";

const pageSize = 100;
/** Beyond this many pages nothing is looked for. */
const pagesLimit = 20;

/** Reads the comments on an issue or pull request, or of a thread on lines of code. */
export function createArchive(clients: Clients): Archive {
  return {
    async history(address, { limit, before }, context) {
      const place = placeOf(address);
      if (place?.number === undefined) return [];
      const pages =
        place.root === undefined ? issuePages(clients, address, place, context) : threadPages(clients, address, place, context);
      const newest: JsonObject[] = [];
      let wanted = before === undefined;
      // From the newest on, so that no more is read than was asked for.
      for await (const page of pages) {
        for (const comment of page) {
          if (newest.length >= limit) break;
          if (wanted) newest.push(comment);
          else wanted = idOf(comment["id"]) === before;
        }
        if (newest.length >= limit) break;
      }
      const self = selfOf(await clients.self(address.account, context));
      return newest.toReversed().map((comment) => readMessage(comment, self, context.clock.now()));
    },
  };
}

type Pages = AsyncGenerator<readonly JsonObject[], void>;

/** GitHub lists comments from the oldest on; their number tells where the newest are. */
async function* issuePages(
  clients: Clients,
  { account }: Address,
  { owner, repo, number: issue_number }: Place,
  context: AdapterContext,
): Pages {
  const ask = (route: string, args: object) => clients.call(account, route, { owner, repo, issue_number, ...args }, context);
  const count = number(fields(await ask("GET /repos/{owner}/{repo}/issues/{issue_number}", {}))["comments"]) ?? 0;
  const last = Math.max(1, Math.ceil(count / pageSize));
  for (let page = last; page > Math.max(0, last - pagesLimit); page--) {
    const { data } = await ask("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", { per_page: pageSize, page });
    yield records(data).toReversed();
  }
}

async function* threadPages(
  clients: Clients,
  { account }: Address,
  { owner, repo, number: pull_number, root }: Place,
  context: AdapterContext,
): Pages {
  const args = { owner, repo, pull_number, sort: "created", direction: "desc" };
  let count = 0;
  for await (const page of clients.pages(account, "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments", args, context)) {
    const found = records(page).filter((one) => one["in_reply_to_id"] === root || one["id"] === root);
    yield found;
    count += 1;
    if (count >= pagesLimit || found.some((one) => one["id"] === root)) return;
  }
}

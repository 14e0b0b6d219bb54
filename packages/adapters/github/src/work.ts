import type { Address, AdapterContext, Change, Issue, Work } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { present, type Args, type Clients } from "./client/index.ts";
import { personOf, readChange, readEither, readPipeline, selfOf, type Self } from "./normalize/index.ts";
import { placeOf, record, records, text } from "./wire/index.ts";

/** People to choose from; more are no help. */
const usersLimit = 20;
const pull = "GET /repos/{owner}/{repo}/pulls/{pull_number}";

/** Reads issues, pull requests and runs. What has not changed is answered 304 and costs nothing of the hour's requests. */
export function createWork(clients: Clients): Required<Work> {
  const selfAt = async (account: string, context: AdapterContext): Promise<Self> => selfOf(await clients.self(account, context));

  return {
    async get(address, context) {
      const place = placeOf(address);
      if (place?.number === undefined) return undefined;
      const { owner, repo, number } = place;
      const ask = (route: string, args: Args) => present(clients.call(address.account, route, { owner, repo, ...args }, context));
      const found = await ask("GET /repos/{owner}/{repo}/issues/{issue_number}", { issue_number: number });
      // Where issues are switched off, pull requests are not.
      const change =
        found === undefined || found["pull_request"] !== undefined ? await ask(pull, { pull_number: number }) : undefined;
      const self = await selfAt(address.account, context);
      if (change !== undefined) return readChange(change, address.room, self);
      return found && readEither(found, address.room, self);
    },
    async *list(project, query, context) {
      const { owner, repo } = placeOf(project) ?? { owner: "", repo: "" };
      const { kind = "issue", state, labels, assignee, updatedSince } = query;
      const self = await selfAt(project.account, context);
      const sorted = { owner, repo, state: state ?? "all", sort: "updated", direction: "desc" };
      const plain = labels === undefined && assignee === undefined && updatedSince === undefined;
      if (kind === "change" && plain) {
        for await (const page of clients.pages(project.account, "GET /repos/{owner}/{repo}/pulls", sorted, context))
          for (const item of records(page)) yield readChange(item, project.room, self);
        return;
      }
      const filters = {
        ...(labels === undefined ? {} : { labels: labels.join(",") }),
        ...(assignee === undefined ? {} : { assignee }),
        ...(updatedSince === undefined ? {} : { since: new Date(updatedSince).toISOString() }),
      };
      for await (const page of clients.pages(
        project.account,
        "GET /repos/{owner}/{repo}/issues",
        { ...sorted, ...filters },
        context,
      )) {
        for (const item of records(page)) {
          if ((item["pull_request"] !== undefined) !== (kind === "change")) continue;
          yield kind === "issue" ? readEither(item, project.room, self) : await branched(item, project, self, context);
        }
      }
    },
    async *search(query, account, context) {
      const self = await selfAt(account, context);
      for await (const page of clients.pages(account, "GET /search/issues", { q: query }, context)) {
        for (const item of records(record(page)["items"])) {
          const room = /\/repos\/([^/]+\/[^/]+)$/.exec(text(item["repository_url"]) ?? "")?.[1] ?? "";
          yield readEither(item, room, self);
        }
      }
    },
    async users(query, project, context) {
      const { owner, repo } = placeOf(project) ?? { owner: "", repo: "" };
      const self = await selfAt(project.account, context);
      const wanted = query.replace(/^@/, "").toLowerCase();
      const found: JsonObject[] = [];
      for await (const page of clients.pages(project.account, "GET /repos/{owner}/{repo}/assignees", { owner, repo }, context)) {
        found.push(...records(page).filter((user) => text(user["login"])?.toLowerCase().includes(wanted) === true));
        if (found.length >= usersLimit) break;
      }
      return found.slice(0, usersLimit).map((user) => personOf(user, { ...self, human: false }));
    },
    async pipeline(id, project, context) {
      const { owner, repo } = placeOf(project) ?? { owner: "", repo: "" };
      const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}";
      const run = await present(clients.call(project.account, route, { owner, repo, run_id: id }, context));
      return run && readPipeline(run, project.room);
    },
  };

  /** The pull request behind an entry of the issues' list, which has no branches. */
  async function branched(item: JsonObject, project: Address, self: Self, context: AdapterContext): Promise<Issue | Change> {
    const { owner, repo } = placeOf(project) ?? { owner: "", repo: "" };
    const found = await present(clients.call(project.account, pull, { owner, repo, pull_number: item["number"] }, context));
    return found === undefined ? readEither(item, project.room, self) : readChange(found, project.room, self);
  }
}

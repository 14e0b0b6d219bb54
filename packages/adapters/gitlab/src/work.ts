import type { AdapterContext, Change, Issue, Work, WorkQuery } from "@devflow/gateway/contract";
import { statusOf } from "./errors.ts";
import type { Clients } from "./client/index.ts";
import { changeOf, issueOf, personOf, pipelineOf } from "./normalize/index.ts";
import { instanceOf, type Settings } from "./options.ts";
import { noteablePath, projectPath, readThread, record, text } from "./wire/index.ts";

/** Reads issues, merge requests and pipelines. */
export function createWork(settings: Settings, clients: Clients): Required<Work> {
  return {
    async get(address, context) {
      const { account, room } = address;
      const place = readThread(address.thread);
      if (place?.kind !== "issue" && place?.kind !== "change") return undefined;
      try {
        const found = await clients.object(account, { path: noteablePath(room, place) }, context);
        return place.kind === "issue" ? issueOf(found, { room }) : changeOf(found, { room });
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    async *list({ account, room }, query, context) {
      const change = query.kind === "change";
      const path = `${projectPath(room)}/${change ? "merge_requests" : "issues"}`;
      // GitLab has two words for what is no longer open, and no query for both.
      const listed = clients.list(account, { path, query: queryOf(query) }, context);
      for await (const found of listed) {
        const item = change ? changeOf(found, { room }) : issueOf(found, { room });
        if (query.state === undefined || item.state === query.state) yield item;
      }
    },
    search: (query, account, context) => search(query, account, clients, context),
    async users(query, { account, room }, context) {
      const found = [];
      const call = { path: `${projectPath(room)}/users`, query: { search: query, per_page: 20 } };
      for await (const user of clients.list(account, call, context)) {
        found.push(personOf(user));
        if (found.length === 20) break;
      }
      return found;
    },
    async pipeline(id, { account, room }, context) {
      try {
        const found = await clients.object(
          account,
          { path: `${projectPath(room)}/pipelines/${encodeURIComponent(id)}` },
          context,
        );
        return pipelineOf(found, { room, url: `${instanceOf(settings, account, context)}/${room}` });
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
  };
}

function queryOf(query: WorkQuery): Readonly<Record<string, string | undefined>> {
  const { state, labels, assignee, updatedSince, kind } = query;
  const closed = kind === "change" ? undefined : "closed";
  return {
    scope: "all",
    order_by: "updated_at",
    sort: "desc",
    state: state === undefined ? undefined : state === "open" ? "opened" : closed,
    labels: labels?.length ? labels.join(",") : undefined,
    ...(assignee === undefined ? {} : { [/^\d+$/.test(assignee) ? "assignee_id" : "assignee_username"]: assignee }),
    updated_after: updatedSince === undefined ? undefined : new Date(updatedSince).toISOString(),
  };
}

/** Words, in titles and descriptions of all that the token may see: issues first, then merge requests. */
async function* search(
  query: string,
  account: string,
  clients: Clients,
  context: AdapterContext,
): AsyncGenerator<Issue | Change, void> {
  const words = { search: query, in: "title,description", scope: "all", order_by: "updated_at", sort: "desc" };
  const room = (found: Readonly<Record<string, unknown>>, sigil: string): string =>
    (text(record(found["references"])["full"]) ?? "").split(sigil)[0] ?? "";
  for await (const found of clients.list(account, { path: "issues", query: words, pool: "search" }, context)) {
    yield issueOf(found, { room: room(found, "#") });
  }
  for await (const found of clients.list(account, { path: "merge_requests", query: words, pool: "search" }, context)) {
    yield changeOf(found, { room: room(found, "!") });
  }
}

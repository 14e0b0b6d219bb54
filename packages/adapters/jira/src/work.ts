import type { AdapterContext, Issue, Work, WorkQuery } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import { issueFields, quoted, searchIssues, type Clients } from "./client/index.ts";
import { refusal } from "./errors.ts";
import { personOf, readIssue } from "./normalize/index.ts";
import { isIssueKey, isProjectKey, pathOf, record, records } from "./wire/index.ts";

const minuteMs = 60_000;

/** Reads issues, one by one, by their project, or as JQL finds them. */
export function createWork(clients: Clients): Work {
  const found = async function* (jql: string, account: string, context: AdapterContext): AsyncGenerator<Issue, void, undefined> {
    const identity = await clients.own(account, context);
    const site = clients.site(account, context);
    for await (const issue of searchIssues(clients, account, jql, context)) yield readIssue(issue, identity, site);
  };
  return {
    async get({ account, thread = "" }, context) {
      if (!isIssueKey(thread)) return undefined;
      const call = { method: "GET", path: pathOf`/issue/${thread}`, query: { fields: issueFields.join(",") } } as const;
      try {
        const answer = record(await clients.call(account, call, context));
        return readIssue(answer, await clients.own(account, context), clients.site(account, context));
      } catch (error) {
        if (isGatewayError(error) && error.code === "target.gone") return undefined;
        throw error;
      }
    },
    async *list({ account, room }, query, context) {
      if (query.kind === "change") return;
      if (!isProjectKey(room)) throw refusal("target.gone", account, `"${room.slice(0, 40)}" is no key of a project`);
      const { updatedSince = 0 } = query;
      for await (const issue of found(jqlOf(room, query, context), account, context)) {
        if ((issue.updatedAt ?? updatedSince) >= updatedSince) yield issue;
      }
    },
    search: (query, account, context) => found(query, account, context),
    async users(query, { account, room }, context) {
      if (!isProjectKey(room)) return [];
      const words = clients.settings(account).deployment === "cloud" ? { query } : { username: query };
      const call = {
        method: "GET",
        path: "/user/assignable/search",
        query: { ...words, project: room, maxResults: 50 },
      } as const;
      const identity = await clients.own(account, context);
      return records(await clients.call(account, call, context)).map((user) => personOf(user, identity));
    },
  };
}

function jqlOf(project: string, { state, labels = [], assignee, updatedSince }: WorkQuery, context: AdapterContext): string {
  const conditions = [
    `project = ${quoted(project)}`,
    ...(state === undefined ? [] : [`statusCategory ${state === "closed" ? "=" : "!="} Done`]),
    ...labels.map((label) => `labels = ${quoted(label)}`),
    ...(assignee === undefined ? [] : [`assignee = ${quoted(assignee)}`]),
  ];
  if (updatedSince !== undefined) {
    // Times in JQL are of the minute and of the caller's zone; an age is of no zone.
    conditions.push(`updated >= "-${Math.max(1, Math.ceil((context.clock.now() - updatedSince) / minuteMs) + 1)}m"`);
  }
  return `${conditions.join(" AND ")} ORDER BY updated DESC`;
}

import type { Conversation, Directory } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import { issueFields, type Clients } from "./client/index.ts";
import { given, personOf, readIssue } from "./normalize/index.ts";
import { isIssueKey, isProjectKey, pathOf, record, text } from "./wire/index.ts";

/** Looks up users, issues and projects. */
export function createDirectory(clients: Clients): Directory {
  return {
    async user(id, account, context) {
      const query = clients.settings(account).deployment === "cloud" ? { accountId: id } : { username: id };
      const answer = await found(clients.call(account, { method: "GET", path: "/user", query }, context));
      return answer === undefined ? undefined : personOf(answer, await clients.own(account, context));
    },
    async conversation(address, context) {
      const { account, room, thread } = address;
      if (thread === undefined || thread === "") {
        if (!isProjectKey(room)) return undefined;
        const project = await found(clients.call(account, { method: "GET", path: pathOf`/project/${room}` }, context));
        if (project === undefined) return undefined;
        const site = clients.site(account, context);
        const url = site === undefined ? undefined : `${site}/browse/${room}`;
        return { address, kind: "project", ...given({ title: text(record(project)["name"]), url }) } satisfies Conversation;
      }
      if (!isIssueKey(thread)) return undefined;
      const query = { fields: issueFields.join(",") };
      const answer = await found(clients.call(account, { method: "GET", path: pathOf`/issue/${thread}`, query }, context));
      if (answer === undefined) return undefined;
      const issue = readIssue(record(answer), await clients.own(account, context), clients.site(account, context));
      return { address, kind: "issue", title: issue.title, issue, ...given({ url: issue.url }) } satisfies Conversation;
    },
  };
}

async function found(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (isGatewayError(error) && error.code === "target.gone") return undefined;
    throw error;
  }
}

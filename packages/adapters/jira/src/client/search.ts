import type { AdapterContext } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { record, records, text } from "../wire/index.ts";
import type { Clients } from "./clients.ts";

/** Fields of an issue that the model names. */
export const issueFields: readonly string[] = (
  "summary description status labels assignee reporter creator priority issuetype parent project created updated resolution " +
  "resolutiondate statuscategorychangedate security attachment"
).split(" ");

const pageSize = 50;

/**
 * The issues that JQL finds, page by page as they are read. Cloud pages by a token, Data Center by position. Cloud wants a query
 * that is bounded: without any condition it is refused.
 */
export async function* searchIssues(
  clients: Clients,
  account: string,
  jql: string,
  context: AdapterContext,
  fields: readonly string[] = issueFields,
): AsyncGenerator<JsonObject, void, undefined> {
  const cloud = clients.settings(account).deployment === "cloud";
  let nextPageToken: string | undefined;
  for (let startAt = 0; ;) {
    const page = cloud ? (nextPageToken === undefined ? {} : { nextPageToken }) : { startAt };
    const body = { jql, maxResults: pageSize, fields, ...page };
    const path = cloud ? "/search/jql" : "/search";
    const answer = record(await clients.call(account, { method: "POST", path, body }, context));
    const issues = records(answer["issues"]);
    yield* issues;
    startAt += issues.length;
    const token = text(answer["nextPageToken"]);
    const total = answer["total"];
    const more = cloud
      ? token !== undefined && token !== nextPageToken && answer["isLast"] !== true
      : startAt < Number(total ?? 0);
    if (!more || issues.length === 0) return;
    nextPageToken = token;
  }
}

/** Text as a JQL string: quoted, so that no word of it is an operator. */
export function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&").replace(/[\u0000-\u001f\u007f]+/g, " ")}"`;
}

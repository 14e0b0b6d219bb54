import type { Conversation, Identity } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { isIssueKey, isProjectKey, noProject, projectOf, record, text, writeRoute, type Audience } from "../wire/index.ts";
import { given, readIssue } from "./issue.ts";

/** Key of the issue that a payload is about; undefined when it names none. */
export function issueKeyOf(payload: JsonObject): string | undefined {
  const key = text(record(payload["issue"])["key"]);
  return key !== undefined && isIssueKey(key) && projectOf(key) !== undefined ? key : undefined;
}

/** Id of the issue that a payload is about, from the places where comments, worklogs and attachments have it. */
export function issueIdOf(payload: JsonObject): string | undefined {
  const id =
    text(record(payload["issue"])["id"]) ??
    text(record(payload["worklog"])["issueId"]) ??
    text(record(payload["issueLink"])["sourceIssueId"]) ??
    /\/issue\/(\d+)\/comment\//.exec(text(record(payload["comment"])["self"]) ?? "")?.[1];
  return id !== undefined && isIssueKey(id) && projectOf(id) === undefined ? id : undefined;
}

/**
 * Where something happened: an issue, whose room is its project; else the project; else the site, as the room `-`. An issue whose
 * key is not told is named by its id, which the API takes as well, in the room `-`. What is said to an `audience` alone is answered to it.
 */
export function conversationOf(
  payload: JsonObject,
  account: string,
  identity: Identity | undefined,
  audience?: Audience,
): Conversation {
  const key = issueKeyOf(payload);
  const thread = key ?? issueIdOf(payload);
  if (thread === undefined) {
    const address = { platform: "jira", account, room: roomOf(payload) };
    const title = text(record(payload["project"])["name"]);
    return { address, kind: "project", ...(title === undefined ? {} : { title }) };
  }
  const route = audience === undefined ? {} : { route: writeRoute(audience) };
  const address = { platform: "jira", account, room: projectOf(thread) ?? noProject, thread, ...route };
  const issue = record(payload["issue"]);
  if (text(record(issue["fields"])["summary"]) === undefined) return { address, kind: "issue" };
  const read = readIssue(issue, identity, undefined, audience !== undefined);
  return { address, kind: "issue", title: read.title, issue: read, ...given({ url: read.url }) };
}

function roomOf(payload: JsonObject): string {
  const found = [
    text(record(payload["project"])["key"]),
    text(record(payload["version"])["projectId"]),
    text(record(payload["project"])["id"]),
  ];
  return found.find((room) => room !== undefined && isProjectKey(room)) ?? noProject;
}

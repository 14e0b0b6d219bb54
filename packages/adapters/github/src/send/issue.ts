import type { Receipt } from "@devflow/gateway/contract";
import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { fields } from "../client/index.ts";
import { statusOf } from "../errors.ts";
import { isMarkedBy, record, records, text } from "../wire/index.ts";
import { madeItem, markedArgs, missing, unless, warnOf, type Desk } from "./desk.ts";

/** Makes an issue; on a second attempt only if the first has not. */
export async function createIssue(desk: Desk): Promise<Receipt> {
  const { call, marker, outgoing } = desk;
  const args = markedArgs(desk);
  const before = marker && outgoing.attempt > 1 ? await findIssue(desk) : undefined;
  const issue = before ?? fields(await desk.ask(call.route, args));
  const notes = leftOut(args, issue);
  if (args["type"] !== undefined && issue["type"] === null) notes.push(...missing("type", [text(args["type"]) ?? ""], []));
  if (call.parent !== undefined) notes.push(...(await adopt(desk, call.parent, issue)));
  warnOf(desk, notes);
  return madeItem(desk, issue, notes);
}

/** What an earlier attempt made: search would not know it yet, the list does. */
async function findIssue(desk: Desk): Promise<JsonObject | undefined> {
  const { data } = await desk.ask("GET /repos/{owner}/{repo}/issues", {
    state: "all",
    sort: "created",
    direction: "desc",
    per_page: 100,
  });
  return records(data).find((one) => isMarkedBy(text(one["body"]) ?? "", desk.outgoing.key));
}

/** Makes an issue part of another. Where that cannot be, the issue is there all the same: a note says so. */
async function adopt(
  desk: Desk,
  { owner, repo, number }: NonNullable<Desk["call"]["parent"]>,
  issue: JsonObject,
): Promise<string[]> {
  const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues";
  const args = { owner, repo, issue_number: number, sub_issue_id: issue["id"] };
  try {
    await desk.clients.call(desk.outgoing.to.account, route, args, desk.context);
  } catch (error) {
    if (!isGatewayError(error) || error.retryable) throw error;
    // The first attempt may have done it.
    if (statusOf(error) !== 422 || desk.outgoing.attempt === 1)
      return [`GitHub did not make it a part of ${owner}/${repo}#${number}`];
  }
  return [];
}

function leftOut(args: JsonObject, issue: JsonObject): string[] {
  return [
    ...missing("label", strings(args["labels"]), namesOf(issue["labels"])),
    ...missing("assignee", strings(args["assignees"]), loginsOf(issue["assignees"])),
  ];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function namesOf(labels: unknown): string[] {
  return Array.isArray(labels)
    ? (labels as readonly unknown[]).flatMap((label) => text(label) ?? text(record(label)["name"]) ?? [])
    : [];
}

function loginsOf(users: unknown): string[] {
  return records(users).flatMap((user) => text(user["login"]) ?? []);
}

const path: ReadonlySet<string> = new Set(["owner", "repo", "issue_number"]);

/** Changes an issue or pull request: its fields, then its lists. */
export async function updateIssue(desk: Desk): Promise<Receipt> {
  const { call } = desk;
  const args = markedArgs(desk);
  const lists = call.labels ?? call.assignees;
  const patches = Object.keys(args).some((name) => !path.has(name));
  const { issue_number } = args;
  let issue = patches || lists === undefined ? fields(await desk.ask(call.route, args)) : undefined;
  const notes = issue === undefined ? [] : leftOut(args, issue);
  const changed = await applyLists(desk, issue_number);
  issue ??= fields(await desk.ask("GET /repos/{owner}/{repo}/issues/{issue_number}", { issue_number }));
  notes.push(...changed);
  warnOf(desk, notes);
  return madeItem(desk, issue, notes);
}

/** Adds to labels and assignees and takes from them, and says what GitHub left out. */
export async function applyLists({ call, ask }: Desk, issue_number: unknown): Promise<string[]> {
  const notes: string[] = [];
  const item = "/repos/{owner}/{repo}/issues/{issue_number}";
  const { labels, assignees } = call;
  if (labels?.add.length) {
    const { data } = await ask(`POST ${item}/labels`, { issue_number, labels: labels.add });
    notes.push(...missing("label", labels.add, namesOf(data)));
  }
  // A label that is not there has been taken away.
  for (const name of labels?.remove ?? []) await unless([404], () => ask(`DELETE ${item}/labels/{name}`, { issue_number, name }));
  if (assignees?.add.length) {
    const answer = fields(await ask(`POST ${item}/assignees`, { issue_number, assignees: assignees.add }));
    notes.push(...missing("assignee", assignees.add, loginsOf(answer["assignees"])));
  }
  if (assignees?.remove.length) await ask(`DELETE ${item}/assignees`, { issue_number, assignees: assignees.remove });
  return notes;
}

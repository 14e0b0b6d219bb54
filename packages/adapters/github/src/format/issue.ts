import type { Address, IssueDraft, IssueUpdate, ListUpdate } from "@devflow/gateway/contract";
import { placeOfKey, type GithubCall, type ListEdit } from "../wire/index.ts";
import { itemOf, loginsOf, overlay, rejected, repoOf, titled, written } from "./text.ts";

/** A new issue. */
export function createIssue(issue: IssueDraft, to: Address): GithubCall {
  const { owner, repo } = repoOf(to);
  if (issue.confidential === true)
    throw rejected(
      "operation.unsupported",
      "issues here are as public as their repository. Report it as a security advisory.",
      to,
    );
  if (issue.priority !== undefined)
    throw rejected("operation.unsupported", "issues have no priority. Use a label, or `fields`.", to);
  const args = {
    owner,
    repo,
    title: titled(issue.title, to),
    body: written(issue.body ?? "", issue.native, "the description", to),
    ...(issue.type === undefined ? {} : { type: issue.type }),
    ...(issue.labels === undefined ? {} : { labels: issue.labels }),
    ...(issue.assignees === undefined ? {} : { assignees: loginsOf(issue.assignees, to) }),
    ...issue.fields,
    ...overlay(issue.native),
  };
  const call = { route: "POST /repos/{owner}/{repo}/issues", args, texts: ["body"] };
  return issue.parent === undefined ? call : { ...call, parent: parentOf(issue.parent, to) };
}

function parentOf(key: string, to: Address): NonNullable<GithubCall["parent"]> {
  const found = placeOfKey(key, to.room);
  const [owner = "", repo = ""] = found?.room.split("/") ?? [];
  if (found !== undefined) return { owner, repo, number: found.number };
  throw rejected("operation.rejected", `"${key}" names no issue. Write #12 or owner/repo#12.`, to);
}

/** Words of GitHub's for how an issue stands. */
const closes: ReadonlySet<string> = new Set(["completed", "not_planned", "duplicate"]);

/** A changed issue or pull request. Lists that only grow or shrink have routes of their own, which undo nobody's work. */
export function updateIssue(update: IssueUpdate, to: Address): GithubCall {
  const { owner, repo, number } = itemOf(to);
  if (update.priority !== undefined)
    throw rejected("operation.unsupported", "issues have no priority. Use a label, or `fields`.", to);
  const labels = listOf(update.labels, (all) => [...all]);
  const assignees = listOf(update.assignees, (all) => loginsOf(all, to));
  const fields = {
    ...(update.title === undefined ? {} : { title: titled(update.title, to) }),
    ...(update.body === undefined ? {} : { body: written(update.body, update.native, "the description", to) }),
    ...stateOf(update, to),
    ...(update.type === undefined ? {} : { type: update.type === "" ? null : update.type }),
    ...(labels.all === undefined ? {} : { labels: labels.all }),
    ...(assignees.all === undefined ? {} : { assignees: assignees.all }),
    ...update.fields,
    ...overlay(update.native),
  };
  return {
    route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
    args: { owner, repo, issue_number: number, ...fields },
    ...(update.body === undefined ? {} : { texts: ["body"] }),
    ...(labels.edit === undefined ? {} : { labels: labels.edit }),
    ...(assignees.edit === undefined ? {} : { assignees: assignees.edit }),
  };
}

function stateOf({ state, status }: IssueUpdate, to: Address): { readonly state?: string; readonly state_reason?: string } {
  if (status === undefined) return state === undefined ? {} : { state };
  const meant = closes.has(status) ? "closed" : status === "reopened" ? "open" : undefined;
  if (meant === undefined || (state !== undefined && state !== meant))
    throw rejected(
      "operation.rejected",
      `"${status}" does not fit. An issue is closed as ${[...closes].join(", ")}, and open again as reopened.`,
      to,
    );
  return { state: meant, state_reason: status };
}

function listOf<T>(
  update: ListUpdate<T> | undefined,
  names: (all: readonly T[]) => string[],
): { readonly all?: string[]; readonly edit?: ListEdit } {
  if (update === undefined) return {};
  if (isList(update)) return { all: names(update) };
  return { edit: { add: names(update.add ?? []), remove: names(update.remove ?? []) } };
}

function isList<T>(update: ListUpdate<T>): update is readonly T[] {
  return Array.isArray(update);
}

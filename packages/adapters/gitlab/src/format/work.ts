import type {
  Address,
  ChangeDraft,
  IssueDraft,
  IssueLink,
  IssueUpdate,
  ListUpdate,
  Merge,
  ReviewDraft,
  UserRef,
} from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { noteablePath, present, projectPath, readThread, type GitlabCall, type People, type Place } from "../wire/index.ts";
import { checkedTitle, description, readNative } from "./draft.ts";
import { indentActions } from "./fence.ts";
import { renderGlfm, renderTitle } from "./glfm.ts";
import { rejected, unsupported } from "./refuse.ts";

/** Makes an issue. */
export function createIssue(issue: IssueDraft, to: Address): GitlabCall {
  const { options, fields } = readNative(issue.fields);
  checkFields(issue, to);
  return {
    method: "POST",
    path: `${projectPath(to.room)}/issues`,
    fields: {
      title: checkedTitle(renderTitle(issue.title, options), to),
      description: description(issue.body ?? "", options, to),
      ...present({
        labels: issue.labels?.join(","),
        issue_type: issue.type?.toLowerCase().replaceAll(" ", "_"),
        confidential: issue.confidential,
      }),
      ...fields,
    },
    ...(issue.assignees && { assignees: { set: issue.assignees.map(refOf) } }),
  };
}

/** Changes an issue or a merge request. */
export function updateItem(update: IssueUpdate, to: Address): GitlabCall {
  const place = itemAt(to);
  const { options, fields } = readNative(update.fields);
  checkFields(update, to);
  return {
    method: "PUT",
    path: noteablePath(to.room, place),
    fields: {
      ...present({
        title: update.title === undefined ? undefined : checkedTitle(renderTitle(update.title, options), to),
        description: update.body === undefined ? undefined : description(update.body, options, to),
        state_event: update.state === undefined ? undefined : update.state === "open" ? "reopen" : "close",
        issue_type: update.type?.toLowerCase().replaceAll(" ", "_"),
      }),
      ...labels(update.labels),
      ...fields,
    },
    ...(update.assignees && { assignees: people(update.assignees) }),
  };
}

/** Ties an issue to another. GitLab has no ties to pages elsewhere. */
export function linkIssue(link: IssueLink, to: Address): GitlabCall {
  const place = itemAt(to);
  if ("url" in link) throw unsupported("issues are linked to issues only. Put the address into a comment.", to);
  const match = /^(.*)#(\d+)$/.exec(link.key);
  if (match === null) throw rejected(`"${link.key.slice(0, 100)}" is no issue: write group/project#12.`, to);
  const [, project, number] = match;
  const type = link.type?.toLowerCase().replaceAll(" ", "_");
  return {
    method: "POST",
    path: `${noteablePath(to.room, place)}/links`,
    fields: { target_project_id: project || to.room, target_issue_iid: number, ...present({ link_type: type }) },
    link: link.key,
  };
}

/** Proposes a change. */
export function createChange(change: ChangeDraft, to: Address): GitlabCall {
  const title = renderTitle(change.title);
  const draft = change.draft === true && !/^(?:draft:|\[draft\]|\(draft\))/i.test(title);
  return {
    method: "POST",
    path: `${projectPath(to.room)}/merge_requests`,
    fields: {
      source_branch: change.from,
      target_branch: change.into,
      title: checkedTitle(draft ? `Draft: ${title}` : title, to),
      description: description(change.body ?? "", {}, to),
      ...present({ labels: change.labels?.join(",") }),
    },
    ...(change.assignees && { assignees: { set: change.assignees.map(refOf) } }),
    ...(change.reviewers && { reviewers: { set: change.reviewers.map(refOf) } }),
  };
}

/** Merges a change. Whether that makes a merge commit or a straight line is a setting of the project. */
export function mergeChange(merge: Merge, to: Address): GitlabCall {
  if (merge.method === "rebase") {
    throw unsupported("rebasing is a setting of the project, not of a merge. Leave `method` out.", to);
  }
  const squash = merge.method === "squash";
  const message = [merge.title, merge.message].filter((one) => one !== undefined && one !== "").join("\n\n");
  return {
    method: "PUT",
    path: `${noteablePath(to.room, itemAt(to))}/merge`,
    fields: {
      ...present({ sha: merge.sha, should_remove_source_branch: merge.deleteBranch, squash: squash || undefined }),
      ...(message === "" ? {} : { [squash ? "squash_commit_message" : "merge_commit_message"]: message }),
    },
  };
}

/** Says something about a change, as a whole and line by line. */
export function submitReview(review: ReviewDraft, to: Address): GitlabCall {
  const body = review.body === undefined ? "" : markdown(review.body);
  const remarks = (review.comments ?? []).map(({ path, line, startLine = line, side = "new", body: said, suggestion }) => {
    const text = markdown(said);
    const above = line - startLine;
    if (above < 0) throw rejected(`a remark on ${path} begins at line ${startLine} and ends at ${line}.`, to);
    return { path, line, side, body: suggestion === undefined ? text : `${text}\n\n${suggested(suggestion, above)}`.trim() };
  });
  return {
    method: "POST",
    path: noteablePath(to.room, itemAt(to)),
    fields: present({ sha: review.sha }),
    review: { verdict: review.verdict, body, remarks },
  };
}

/** A suggestion replaces the line that the remark is on, and as many above it as are told. */
function suggested(text: string, above: number): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/^ *(`+)/gm), (run) => run[1]?.length ?? 0));
  const fence = "`".repeat(longest + 1);
  return indentActions(`${fence}suggestion:-${above}+0\n${text}\n${fence}`);
}

function markdown(text: string): string {
  return renderGlfm(parseMarkdown(text, { html: true }));
}

/** The issue or merge request of an address. */
function itemAt(to: Address): Place {
  const place = readThread(to.thread);
  if (place?.kind === "issue" || place?.kind === "change") return place;
  throw unsupported(`${to.room} is no issue and no merge request: give the address a thread, #5 or !5.`, to);
}

function labels(update: ListUpdate<string> | undefined): Readonly<Record<string, string>> {
  if (update === undefined) return {};
  if (isList(update)) return { labels: update.join(",") };
  return present({ add_labels: update.add?.join(","), remove_labels: update.remove?.join(",") }) as Readonly<
    Record<string, string>
  >;
}

function people(update: ListUpdate<UserRef>): People {
  if (isList(update)) return { set: update.map(refOf) };
  return present({ add: update.add?.map(refOf), remove: update.remove?.map(refOf) });
}

function isList<T>(update: ListUpdate<T>): update is readonly T[] {
  return Array.isArray(update);
}

/** A user's id where it is one of GitLab's numbers, else the name. */
function refOf(user: UserRef): string {
  if (typeof user === "string") return user.replace(/^@/, "");
  return /^\d+$/.test(user.id) ? user.id : (user.handle ?? user.id);
}

/** What an issue on GitLab does not have is better refused than forgotten. */
function checkFields(
  given: { readonly priority?: unknown; readonly parent?: unknown; readonly status?: unknown },
  to: Address,
): void {
  for (const [field, instead] of [
    ["priority", "Use a label."],
    ["parent", "Use `fields.epic_id`, or a link."],
    ["status", "Use `state`, or a label."],
  ] as const) {
    if (given[field] !== undefined) throw rejected(`issues have no ${field} here. ${instead}`, to);
  }
}

import type { Address, ChangeDraft, LineComment, Merge, ReviewDraft } from "@devflow/gateway/contract";
import type { GithubCall } from "../wire/index.ts";
import { itemOf, loginsOf, overlay, repoOf, titled, written, type Native } from "./text.ts";

/** A new pull request, with what belongs to it but has calls of its own. */
export function createChange(change: ChangeDraft, to: Address): GithubCall {
  const { owner, repo } = repoOf(to);
  const args = {
    owner,
    repo,
    title: titled(change.title, to),
    body: written(change.body ?? "", change.native, "the description", to),
    head: change.from,
    base: change.into,
    ...(change.draft === undefined ? {} : { draft: change.draft }),
    ...overlay(change.native),
  };
  return {
    route: "POST /repos/{owner}/{repo}/pulls",
    args,
    texts: ["body"],
    ...(change.labels?.length ? { labels: { add: [...change.labels], remove: [] } } : {}),
    ...(change.assignees?.length ? { assignees: { add: loginsOf(change.assignees, to), remove: [] } } : {}),
    ...(change.reviewers?.length ? { reviewers: loginsOf(change.reviewers, to) } : {}),
  };
}

/** A merge. */
export function mergeChange(merge: Merge, to: Address): GithubCall {
  const { owner, repo, number } = itemOf(to);
  const { method, sha, title, message, deleteBranch } = merge;
  const args = {
    owner,
    repo,
    pull_number: number,
    ...(method === undefined ? {} : { merge_method: method }),
    ...(sha === undefined ? {} : { sha }),
    ...(title === undefined ? {} : { commit_title: title }),
    ...(message === undefined ? {} : { commit_message: message }),
  };
  return { route: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", args, ...(deleteBranch === true && { deleteBranch }) };
}

const events = { approve: "APPROVE", reject: "REQUEST_CHANGES", comment: "COMMENT" } as const;

/** A review, with its remarks on lines. */
export function submitReview(review: ReviewDraft, to: Address): GithubCall {
  const { owner, repo, number } = itemOf(to);
  const { native, comments = [] } = review;
  const args = {
    owner,
    repo,
    pull_number: number,
    event: events[review.verdict],
    ...(review.body === undefined ? {} : { body: written(review.body, native, "the review", to) }),
    ...(comments.length === 0 ? {} : { comments: comments.map((comment) => lineComment(comment, native, to)) }),
    ...(review.sha === undefined ? {} : { commit_id: review.sha }),
    ...overlay(native),
  };
  return {
    route: "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    args,
    ...(review.body === undefined ? {} : { texts: ["body"] }),
  };
}

function lineComment(
  { path, line, startLine, side, body, suggestion }: LineComment,
  native: Native,
  to: Address,
): Readonly<Record<string, unknown>> {
  const where = side === "old" ? "LEFT" : "RIGHT";
  const said = written(body, native, `the remark on ${path}`, to);
  const parts = [said, ...(suggestion === undefined ? [] : [suggested(suggestion)])];
  return {
    path,
    line,
    side: where,
    ...(startLine === undefined || startLine === line ? {} : { start_line: startLine, start_side: where }),
    body: parts.filter((part) => part !== "").join("\n\n"),
  };
}

/** Code that takes the place of the lines, in a fence that it does not close. */
function suggested(code: string): string {
  const longest = Math.max(2, ...Array.from(code.matchAll(/^ *(`{3,})/gm), (run) => run[1]?.length ?? 0));
  const fence = "`".repeat(longest + 1);
  return `${fence}suggestion\n${code}${code === "" || code.endsWith("\n") ? "" : "\n"}${fence}`;
}

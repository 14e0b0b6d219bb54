import type { Address, Body, Formatter, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { reactionList, reactionOf, type GithubCall } from "../wire/index.ts";
import { createChange, mergeChange, submitReview } from "./change.ts";
import { createIssue, updateIssue } from "./issue.ts";
import { renderMarkdown } from "./markdown.ts";
import { cancelPipeline, reportCheck, retryPipeline, runPipeline } from "./run.ts";
import { itemOf, overlay, rejected, repoOf, written } from "./text.ts";

/** Turns operations into calls of GitHub's REST API. */
export function createFormatter(): Formatter {
  return {
    measure: (content) => renderMarkdown(content).length,
    format: (operation, to) => ({ ...toCall(operation, to) }) satisfies Body,
  };
}

function toCall(operation: Operation, to: Address): GithubCall {
  switch (operation.kind) {
    case "message.post":
      return post(operation.draft, to);
    case "message.edit": {
      const { owner, repo } = repoOf(to);
      return { route: `PATCH ${commentRoute(to)}`, args: { owner, repo, ...said(operation.draft, to) }, texts: ["body"] };
    }
    case "message.delete": {
      const { owner, repo } = repoOf(to);
      return { route: `DELETE ${commentRoute(to)}`, args: { owner, repo } };
    }
    case "reaction.add":
      return { route: `POST ${commentRoute(to)}/reactions`, args: addReaction(operation.emoji, to) };
    case "reaction.remove":
      return { route: `DELETE ${commentRoute(to)}/reactions/{reaction_id}`, args: removeReaction(operation.emoji, to) };
    case "issue.create":
      return createIssue(operation.issue, to);
    case "issue.update":
      return updateIssue(operation.update, to);
    case "change.create":
      return createChange(operation.change, to);
    case "change.merge":
      return mergeChange(operation.merge, to);
    case "review.submit":
      return submitReview(operation.review, to);
    case "pipeline.run":
      return runPipeline(operation, to);
    case "pipeline.cancel":
      return cancelPipeline(operation, to);
    case "pipeline.retry":
      return retryPipeline(operation, to);
    case "check.report":
      return reportCheck(operation.check, to);
    default:
      throw rejected("operation.unsupported", `there is no ${operation.kind} on GitHub.`, to);
  }
}

/** Comments on lines of code are others than those below an issue, though both have numbers. */
function commentRoute(to: Address): string {
  return itemOf(to).root === undefined
    ? "/repos/{owner}/{repo}/issues/comments/{comment_id}"
    : "/repos/{owner}/{repo}/pulls/comments/{comment_id}";
}

function post(draft: PreparedDraft, to: Address): GithubCall {
  const { owner, repo, number, root } = itemOf(to);
  if (draft.onlyFor) throw rejected("operation.unsupported", "a comment cannot be shown to one person alone.", to);
  const args = { owner, repo, ...said(draft, to) };
  if (root === undefined)
    return {
      route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      args: { ...args, issue_number: number },
      texts: ["body"],
    };
  const route = "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies";
  return { route, args: { ...args, pull_number: number, comment_id: root }, texts: ["body"] };
}

function said(draft: PreparedDraft, to: Address): { readonly body: string } {
  if (draft.attachments.length > 0) throw rejected("content.rejected", "GitHub's API takes no files. Link to them instead.", to);
  const body = written(draft.content, draft.native, "the comment", to);
  if (body.trim() === "") throw rejected("content.rejected", "the comment says nothing.", to);
  return { body, ...overlay(draft.native) };
}

function addReaction(emoji: string, to: Address): GithubCall["args"] {
  const { owner, repo } = repoOf(to);
  const content = reactionOf(emoji);
  if (content !== undefined) return { owner, repo, content };
  throw rejected("content.rejected", `"${emoji}" is none of GitHub's reactions, which are ${reactionList}.`, to);
}

/** What GitHub has not cannot be there, which is what is wanted. */
function removeReaction(emoji: string, to: Address): GithubCall["args"] {
  const { owner, repo } = repoOf(to);
  return { owner, repo, content: reactionOf(emoji) ?? emoji };
}

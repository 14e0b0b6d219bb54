import type { Address, Body, Formatter, Operation } from "@devflow/gateway/contract";
import { emojiName, internalRoute, noteablePath, projectPath, readThread, type GitlabCall } from "../wire/index.ts";
import { noteFields, withoutActions } from "./draft.ts";
import { renderGlfm } from "./glfm.ts";
import { rejected, unsupported } from "./refuse.ts";
import { runPipeline, steerPipeline } from "./run.ts";
import { createChange, createIssue, linkIssue, mergeChange, submitReview, updateItem } from "./work.ts";

/** Turns operations into calls of the REST API. */
export function createFormatter(): Formatter {
  return {
    measure: (content) => renderGlfm(withoutActions(content)).length,
    format: (operation, to) => ({ ...toCall(operation, to) }) satisfies Body,
  };
}

function toCall(operation: Operation, to: Address): GitlabCall {
  switch (operation.kind) {
    case "message.post":
      if (operation.draft.onlyFor) throw unsupported("a note cannot be shown to one person alone.", to);
      return {
        method: "POST",
        path: postPath(to),
        fields: { ...(to.route === internalRoute && isAlone(to) && { internal: true }), ...noteFields(operation.draft, to) },
        ...(operation.draft.replyTo && isAlone(to) && { replyTo: operation.draft.replyTo }),
      };
    case "message.edit":
      return { method: "PUT", path: base(to), fields: noteFields(operation.draft, to) };
    case "message.delete":
      return { method: "DELETE", path: base(to), fields: {} };
    case "reaction.add":
      return reaction("POST", operation.emoji, to);
    case "reaction.remove":
      return reaction("DELETE", operation.emoji, to);
    case "issue.create":
      return createIssue(operation.issue, to);
    case "issue.update":
      return updateItem(operation.update, to);
    case "issue.link":
      return linkIssue(operation.link, to);
    case "change.create":
      return createChange(operation.change, to);
    case "change.merge":
      return mergeChange(operation.merge, to);
    case "review.submit":
      return submitReview(operation.review, to);
    case "pipeline.run":
      return runPipeline(operation.run, to);
    case "pipeline.cancel":
    case "pipeline.retry":
      return steerPipeline(operation, to);
    default:
      throw unsupported(`there is no ${operation.kind}.`, to);
  }
}

function reaction(method: "POST" | "DELETE", emoji: string, to: Address): GitlabCall {
  const name = emojiName(emoji);
  if (name === undefined) throw rejected(`no name is known for ${emoji}. React with one of GitLab's names.`, to);
  return { method, path: base(to), fields: method === "POST" ? { name } : {}, emoji: name };
}

/**
 * True where a note may become an answer, or be internal. In a discussion everything is an answer already, and seen by those who
 * see its first note; a note on a snippet or commit cannot become one.
 */
function isAlone({ thread }: Address): boolean {
  const place = readThread(thread);
  return place?.discussion === undefined && (place?.kind === "issue" || place?.kind === "change");
}

/** What the notes stand on; of an address without a thread, the project, which the sender refuses. */
function base(to: Address): string {
  const place = readThread(to.thread);
  return place === undefined ? projectPath(to.room) : noteablePath(to.room, place);
}

/** An answer in a discussion, or a note of its own. A commit has discussions alone. */
function postPath(to: Address): string {
  const place = readThread(to.thread);
  if (place?.discussion !== undefined) return `${base(to)}/discussions/${encodeURIComponent(place.discussion)}/notes`;
  return `${base(to)}/${place?.kind === "commit" ? "discussions" : "notes"}`;
}

import type { AdapterContext, OperationKind, Receipt, Sender } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { statusOf } from "../errors.ts";
import type { Settings } from "../options.ts";
import { projectPath, text, type GitlabCall } from "../wire/index.ts";
import { refused, type Job } from "./job.ts";
import { deleteNote, editNote, postNote } from "./note.ts";
import { addReaction, removeReaction } from "./reaction.ts";
import { submitReview } from "./review.ts";
import { runPipeline, steerPipeline } from "./run.ts";
import { createChange, createIssue, linkIssue, mergeChange, updateItem } from "./work.ts";

const ways: Readonly<Partial<Record<OperationKind, (job: Job) => Promise<Receipt>>>> = {
  "message.post": postNote,
  "message.edit": editNote,
  "message.delete": deleteNote,
  "reaction.add": addReaction,
  "reaction.remove": removeReaction,
  "issue.create": createIssue,
  "issue.update": updateItem,
  "issue.link": linkIssue,
  "change.create": createChange,
  "change.merge": mergeChange,
  "review.submit": submitReview,
  "pipeline.run": runPipeline,
  "pipeline.cancel": steerPipeline,
  "pipeline.retry": steerPipeline,
};

/** Hands one operation to GitLab, once. */
export function createSender(settings: Settings, clients: Clients): Sender {
  return {
    async send(outgoing, context) {
      const job: Job = { outgoing, call: outgoing.body as unknown as GitlabCall, clients, settings, context };
      const way = ways[outgoing.kind];
      if (way === undefined) throw refused(job, "there is no such thing on GitLab.");
      try {
        return await way(job);
      } catch (error) {
        throw await moved(error, job, context);
      }
    },
  };
}

/** A project that has another path now answers reads by a redirect, and writes by 405. */
async function moved(error: unknown, { outgoing, clients }: Job, context: AdapterContext): Promise<unknown> {
  if (statusOf(error) !== 405 || !isGatewayError(error) || !/moved projects?/i.test(error.message)) return error;
  const { to } = outgoing;
  const project = await clients.object(to.account, { path: projectPath(to.room) }, context);
  const room = text(project["path_with_namespace"]);
  if (room === undefined || room === to.room) return error;
  return new GatewayError("target.moved", `gitlab: ${to.room} is ${room} now.`, {
    platform: "gitlab",
    account: to.account,
    movedTo: { ...to, room },
  });
}

import type { Address, OperationKind, Receipt, Sender } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import { fields, type Clients } from "../client/index.ts";
import { platform, type Settings } from "../options.ts";
import { placeOf, text, type GithubCall } from "../wire/index.ts";
import { createChange, mergeChange, submitReview } from "./change.ts";
import { reportCheck } from "./check.ts";
import { addReaction, deleteComment, editComment, postComment, removeReaction } from "./comment.ts";
import type { Desk } from "./desk.ts";
import { createIssue, updateIssue } from "./issue.ts";
import { cancelPipeline, retryPipeline, runPipeline } from "./run.ts";

const steps: Readonly<Partial<Record<OperationKind, (desk: Desk) => Promise<Receipt>>>> = {
  "message.post": postComment,
  "message.edit": editComment,
  "message.delete": deleteComment,
  "reaction.add": addReaction,
  "reaction.remove": removeReaction,
  "issue.create": createIssue,
  "issue.update": updateIssue,
  "change.create": createChange,
  "change.merge": mergeChange,
  "review.submit": submitReview,
  "pipeline.run": runPipeline,
  "pipeline.cancel": cancelPipeline,
  "pipeline.retry": retryPipeline,
  "check.report": reportCheck,
};

/** Hands one operation to GitHub, once. */
export function createSender({ marker }: Pick<Settings, "marker">, clients: Clients): Sender {
  return {
    async send(outgoing, context) {
      const { to, kind } = outgoing;
      const place = placeOf(to);
      const step = steps[kind];
      if (place === undefined || step === undefined)
        throw new GatewayError(
          "operation.unsupported",
          `github: ${kind} cannot be done in ${to.room} on account ${to.account}.`,
          { platform, account: to.account },
        );
      const where = { owner: place.owner, repo: place.repo };
      const desk: Desk = {
        outgoing,
        call: outgoing.body as unknown as GithubCall,
        clients,
        context,
        marker,
        where,
        ask: (route, args) => clients.call(to.account, route, { ...args, ...where }, context),
      };
      try {
        return await step(desk);
      } catch (error) {
        throw isGatewayError(error) && error.code === "target.moved" ? await moved(error, to, desk) : error;
      }
    },
  };
}

/** Where a repository is now that was renamed or given away: GitHub sends on those who read. */
async function moved(error: GatewayError, to: Address, { ask }: Desk): Promise<GatewayError> {
  const room = text(fields(await ask("GET /repos/{owner}/{repo}", {}))["full_name"]);
  if (room === undefined || room.toLowerCase() === to.room.toLowerCase()) return error;
  return new GatewayError("target.moved", `github: ${to.room} is ${room} now.`, {
    platform,
    account: to.account,
    movedTo: { ...to, room },
  });
}

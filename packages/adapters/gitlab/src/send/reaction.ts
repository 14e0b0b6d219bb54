import type { Receipt } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import { statusOf } from "../errors.ts";
import { id, record } from "../wire/index.ts";
import { noteId } from "./note.ts";
import { receipt, type Job } from "./job.ts";

/** Awards an emoji. One that we have awarded already is a success: GitLab says 404 then, or 422, and that it is taken. */
export async function addReaction(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  try {
    await clients.call(outgoing.to.account, { method: "POST", path: awardsPath(job), body: call.fields }, context);
  } catch (error) {
    const status = statusOf(error);
    const taken = isGatewayError(error) && /already been taken|already awarded/i.test(error.message);
    if (!taken || (status !== 404 && status !== 422 && status !== 400)) throw error;
  }
  return receipt(job);
}

/** Takes back an emoji of ours. One that is not there is taken back. */
export async function removeReaction(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const { account } = outgoing.to;
  const path = awardsPath(job);
  const own = await clients.ownId(account, context);
  for await (const award of clients.list(account, { path }, context)) {
    if (award["name"] !== call.emoji || id(record(award["user"])["id"]) !== own) continue;
    try {
      await clients.call(account, { method: "DELETE", path: `${path}/${id(award["id"])}` }, context);
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
    break;
  }
  return receipt(job);
}

/** The awards of a note; of a description where the message is its thread (`#5`, `!5`). */
function awardsPath(job: Job): string {
  const { messageId, to } = job.outgoing;
  const description = messageId !== undefined && messageId !== "" && messageId === to.thread?.split("/")[0];
  return description ? `${job.call.path}/award_emoji` : `${job.call.path}/notes/${noteId(job)}/award_emoji`;
}

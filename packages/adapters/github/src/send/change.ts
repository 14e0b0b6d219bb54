import type { Receipt } from "@devflow/gateway/contract";
import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { fields } from "../client/index.ts";
import { statusOf } from "../errors.ts";
import { isMarkedBy, marked, record, records, text } from "../wire/index.ts";
import { findMarked } from "./comment.ts";
import { done, madeItem, madeMessage, markedArgs, unless, warnOf, type Desk } from "./desk.ts";
import { applyLists } from "./issue.ts";

const pull = "/repos/{owner}/{repo}/pulls/{pull_number}";

/** Makes a pull request with its labels, assignees and reviewers; on a second attempt only what the first has not done. */
export async function createChange(desk: Desk): Promise<Receipt> {
  const { call, outgoing } = desk;
  const before = outgoing.attempt > 1 ? await findChange(desk) : undefined;
  const change = before ?? fields(await desk.ask(call.route, markedArgs(desk)));
  const { number } = change;
  const notes = [
    ...(await orNote("labels or assignees", () => applyLists(desk, number))),
    ...(await orNote("reviewers", async () => {
      const { reviewers } = call;
      if (reviewers !== undefined) await desk.ask(`POST ${pull}/requested_reviewers`, { pull_number: number, reviewers });
      return [];
    })),
  ];
  warnOf(desk, notes);
  return madeItem(desk, change, notes);
}

/** Does a step without which the pull request is there all the same: where GitHub refuses it, a note says so. */
async function orNote(what: string, step: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await step();
  } catch (error) {
    if (!isGatewayError(error) || error.retryable) throw error;
    return [`GitHub refused the ${what}: ${error.message}`];
  }
}

/** There is one open pull request for two branches at most; whether it is ours, its text tells. */
async function findChange({ ask, call, where, outgoing }: Desk): Promise<JsonObject | undefined> {
  const head = text(call.args["head"]) ?? "";
  const args = { head: head.includes(":") ? head : `${where.owner}:${head}`, base: call.args["base"], state: "open" };
  const { data } = await ask("GET /repos/{owner}/{repo}/pulls", args);
  return records(data).find((one) => isMarkedBy(text(one["body"]) ?? "", outgoing.key));
}

/** Merges. A pull request that is merged already is as it should be. */
export async function mergeChange(desk: Desk): Promise<Receipt> {
  const { call, ask, where } = desk;
  const { pull_number } = call.args;
  let sha: string | undefined;
  try {
    sha = text(fields(await ask(call.route, { ...call.args, ...where }))["sha"]);
  } catch (error) {
    if (!isGatewayError(error) || ![405, 409, 422].includes(statusOf(error) ?? 0)) throw error;
    const found = fields(await ask(`GET ${pull}`, { pull_number }));
    if (found["merged"] !== true) throw error;
    sha = text(found["merge_commit_sha"]);
  }
  if (call.deleteBranch === true) await deleteBranch(desk);
  return { ...done(desk), ...(sha === undefined ? {} : { raw: { sha } }) };
}

/** A branch of a fork is its owner's to delete. */
async function deleteBranch({ ask, call, where }: Desk): Promise<void> {
  const { pull_number } = call.args;
  const head = record(fields(await ask(`GET ${pull}`, { pull_number }))["head"]);
  const [branch, from] = [text(head["ref"]), text(record(head["repo"])["full_name"])];
  if (branch === undefined || from?.toLowerCase() !== `${where.owner}/${where.repo}`.toLowerCase()) return;
  await unless([404, 422], () => ask("DELETE /repos/{owner}/{repo}/git/refs/{ref}", { ref: `heads/${branch}` }));
}

/** Submits a review; on a second attempt only if the first has not. */
export async function submitReview(desk: Desk): Promise<Receipt> {
  const { call, marker, outgoing } = desk;
  const args = markedArgs(desk);
  const remarks = records(args["comments"]);
  if (marker && outgoing.attempt > 1) {
    const found = await findReview(desk, remarks.length > 0);
    if (found !== undefined) return found;
  }
  const comments = marker ? remarks.map((one) => ({ ...one, body: marked(text(one["body"]) ?? "", outgoing.key) })) : remarks;
  return madeMessage(desk, fields(await desk.ask(call.route, { ...args, ...(remarks.length === 0 ? {} : { comments }) })));
}

/** By its text, or by that of its remarks. One without any is an approval, which may be said twice. */
async function findReview(desk: Desk, remarks: boolean): Promise<Receipt | undefined> {
  const { call, clients, context, outgoing, where } = desk;
  const { pull_number } = call.args;
  if (call.texts !== undefined) {
    for await (const page of clients.pages(outgoing.to.account, `GET ${pull}/reviews`, { ...where, pull_number }, context)) {
      const found = records(page).find((one) => isMarkedBy(text(one["body"]) ?? "", outgoing.key));
      if (found !== undefined) return madeMessage(desk, found);
    }
    return undefined;
  }
  const remark = remarks ? await findMarked(desk, `GET ${pull}/comments`, { pull_number }) : undefined;
  return remark && { ...done(desk), messageId: String(remark["pull_request_review_id"]) };
}

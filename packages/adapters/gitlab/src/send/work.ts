import type { Receipt } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { statusOf } from "../errors.ts";
import { marked, markerOf, records, text } from "../wire/index.ts";
import { itemReceipt, placeOf, receipt, refused, type Job } from "./job.ts";
import { idsOf } from "./people.ts";

/** Makes an issue. A repeated attempt first looks for the one that the attempt before it has made. */
export async function createIssue(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const { account } = outgoing.to;
  const known =
    outgoing.attempt > 1 ? await findMarked(job, { search: markerOf(outgoing.key), in: "description", scope: "all" }) : undefined;
  const made =
    known ??
    (await clients.object(account, { method: "POST", path: call.path, body: await complete(job), pool: "issues" }, context));
  return itemReceipt(job, made, "#");
}

/** Proposes a change. Of two from the same branch GitLab refuses the second, which is a success where the first is ours. */
export async function createChange(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const { account } = outgoing.to;
  const { source_branch, target_branch } = call.fields;
  const branches = { source_branch: String(source_branch), target_branch: String(target_branch), state: "opened" };
  try {
    const made = await clients.object(account, { method: "POST", path: call.path, body: await complete(job) }, context);
    return itemReceipt(job, made, "!");
  } catch (error) {
    const known = statusOf(error) === 409 ? await findMarked(job, branches) : undefined;
    if (known === undefined) throw error;
    return itemReceipt(job, known, "!");
  }
}

/** Changes an issue or a merge request. A state that it has already is a success on GitLab too. */
export async function updateItem(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const place = placeOf(job);
  const item = await clients.object(outgoing.to.account, { method: "PUT", path: call.path, body: await complete(job) }, context);
  return itemReceipt(job, item, place.kind === "change" ? "!" : "#");
}

/** Ties two issues. */
export async function linkIssue(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  try {
    await clients.call(outgoing.to.account, { method: "POST", path: call.path, body: call.fields }, context);
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
  return receipt(job, { key: call.link });
}

const checking: ReadonlySet<unknown> = new Set(["checking", "unchecked", "preparing", "approvals_syncing"]);
const checkMs = 5_000;

/** Merges a change. One that is merged is a success; one that GitLab still looks at is tried again. */
export async function mergeChange(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const { account } = outgoing.to;
  try {
    return itemReceipt(job, await clients.object(account, { method: "PUT", path: call.path, body: call.fields }, context), "!");
  } catch (error) {
    const status = statusOf(error) ?? 0;
    // Unlike anywhere else, 401 is a missing right: nothing is wrong with the token.
    if (status === 401) throw refused(job, "the token's role does not allow it to merge there.");
    if (![405, 406, 409, 422].includes(status)) throw error;
    const item = await clients.object(account, { path: call.path.replace(/\/merge$/, "") }, context);
    if (item["state"] === "merged") return itemReceipt(job, item, "!");
    if (status === 409) throw refused(job, "there are newer commits than the one that was to be merged.");
    const why = text(item["detailed_merge_status"]) ?? text(item["merge_status"]) ?? "not mergeable";
    if (!checking.has(why)) throw refused(job, `it cannot be merged: ${why}.`);
    throw new GatewayError("operation.rejected", `gitlab: ${account}: GitLab is still looking at whether it can be merged.`, {
      platform: "gitlab",
      account,
      retryable: true,
      retryAfterMs: checkMs,
    });
  }
}

/** The fields with ids for people, and our marker at the end of a description. */
async function complete(job: Job): Promise<object> {
  const { outgoing, call, clients, context } = job;
  const { description } = call.fields;
  const some = [call.assignees, call.reviewers].some((people) => people !== undefined && people.set === undefined);
  const now: JsonObject = some ? await clients.object(outgoing.to.account, { path: call.path }, context) : {};
  return {
    ...call.fields,
    ...(typeof description === "string" && { description: marked(description, outgoing.key) }),
    ...(call.assignees && { assignee_ids: await idsOf(job, call.assignees, records(now["assignees"])) }),
    ...(call.reviewers && { reviewer_ids: await idsOf(job, call.reviewers, records(now["reviewers"])) }),
  };
}

/** The item of a list whose description has our marker. Where we may not look, nobody knows. */
async function findMarked(job: Job, query: Readonly<Record<string, string>>): Promise<JsonObject | undefined> {
  const { outgoing, call, clients, context } = job;
  const marker = markerOf(outgoing.key);
  try {
    const { body } = await clients.call(outgoing.to.account, { path: call.path, query }, context);
    return records(body).find((item) => text(item["description"])?.includes(marker));
  } catch (error) {
    if (isGatewayError(error) && error.retryable) throw error;
    return undefined;
  }
}

import type { Receipt } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { statusOf } from "../errors.ts";
import { id, marked, markerOf, present, record, records, text, type Remark } from "../wire/index.ts";
import { noteUrl, placeOf, receipt, refused, type Job } from "./job.ts";
import { holds, recentNotes } from "./note.ts";

/**
 * Remarks first, as discussions on their lines, then what is said as a whole, then the verdict. Each carries a marker of its own,
 * so that a repeated attempt goes on where the one before it broke off.
 */
export async function submitReview(job: Job): Promise<Receipt> {
  const { outgoing, call } = job;
  const { review } = call;
  const place = placeOf(job);
  if (review === undefined) throw refused(job, "it is no review.");
  const said = outgoing.attempt > 1 ? await recentNotes(job, place) : [];
  const isSaid = (part: string): JsonObject | undefined => said.find((note) => holds(note, markerOf(`${outgoing.key}/${part}`)));
  const lines = review.remarks.some((_, at) => isSaid(String(at)) === undefined) ? await versionOf(job) : {};
  for (const [at, remark] of review.remarks.entries()) if (isSaid(String(at)) === undefined) await put(job, remark, at, lines);
  const body =
    review.body === "" && review.verdict === "reject" && review.remarks.length === 0 ? "Changes requested." : review.body;
  const whole =
    body === "" ? undefined : (isSaid("body") ?? (await say(job, "notes", { body: marked(body, `${outgoing.key}/body`) })));
  if (review.verdict === "approve") await approve(job);
  if (review.verdict === "reject") await withdraw(job);
  const messageId = id(whole?.["id"]);
  return receipt(job, { messageId, ...(messageId !== undefined && { url: noteUrl(job, place, messageId) }) });
}

/** The commits that lines are counted in. */
async function versionOf({ outgoing, call, clients, context }: Job): Promise<JsonObject> {
  return record((await clients.object(outgoing.to.account, { path: call.path }, context))["diff_refs"]);
}

async function put(job: Job, { path, line, side, body }: Remark, at: number, version: JsonObject): Promise<void> {
  const key = `${job.outgoing.key}/${at}`;
  const position = {
    position_type: "text",
    ...present({
      base_sha: text(version["base_sha"]),
      start_sha: text(version["start_sha"]),
      head_sha: text(version["head_sha"]),
    }),
    old_path: path,
    new_path: path,
    ...(side === "old" ? { old_line: line } : { new_line: line }),
  };
  try {
    await say(job, "discussions", { body: marked(body, key), position });
  } catch (error) {
    // GitLab takes lines of the difference alone. What was to be said of another one is said with its name.
    if (statusOf(error) !== 400 && statusOf(error) !== 422) throw error;
    await say(job, "discussions", { body: marked(`\`${path.replaceAll("`", "")}:${line}\`\n\n${body}`, key) });
  }
}

async function say({ outgoing, call, clients, context }: Job, folder: string, body: object): Promise<JsonObject> {
  return await clients.object(
    outgoing.to.account,
    { method: "POST", path: `${call.path}/${folder}`, body, pool: "notes" },
    context,
  );
}

/** GitLab says 401 to those who may not approve, and to those who have. */
async function approve(job: Job): Promise<void> {
  const { outgoing, call, clients, context } = job;
  const { account } = outgoing.to;
  try {
    await clients.call(account, { method: "POST", path: `${call.path}/approve`, body: call.fields }, context);
  } catch (error) {
    if (statusOf(error) !== 401) throw error;
    const state = await clients.object(account, { path: `${call.path}/approvals` }, context);
    const own = await clients.ownId(account, context);
    if (records(state["approved_by"]).some((one) => id(record(one["user"])["id"]) === own)) return;
    throw refused(job, "the token's role does not allow it to approve there, or the author may not.");
  }
}

/** The REST API has no word for asking for changes: an approval of ours is taken back, if there is one. */
async function withdraw({ outgoing, call, clients, context }: Job): Promise<void> {
  try {
    await clients.call(outgoing.to.account, { method: "POST", path: `${call.path}/unapprove`, body: {} }, context);
  } catch (error) {
    if (statusOf(error) !== 404 && statusOf(error) !== 401) throw error;
  }
}

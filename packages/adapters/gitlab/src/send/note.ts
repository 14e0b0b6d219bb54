import type { Receipt } from "@devflow/gateway/contract";
import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { statusOf } from "../errors.ts";
import { id, marked, markerOf, noteablePath, record, records, text, type Place } from "../wire/index.ts";
import { noteUrl, placeOf, receipt, refused, type Job } from "./job.ts";
import { uploads } from "./upload.ts";

/** How many of the newest notes are looked through for one of ours whose answer was lost. */
const reach = 100;
/** How many discussions are looked through for the one to answer in; beyond them the answer is a note of its own. */
const farReach = 1_000;

/** Posts a note, or an answer in a discussion. A repeated attempt first looks whether the one before it has made it. */
export async function postNote(job: Job): Promise<Receipt> {
  const { key, attempt } = job.outgoing;
  const place = placeOf(job);
  const known = attempt > 1 ? (await recentNotes(job, place)).find((note) => holds(note, markerOf(key))) : undefined;
  const made = known ?? (await write(job, place));
  // A commit's note comes in its discussion.
  const note = id(made["id"]) !== undefined && made["notes"] === undefined ? made : record(records(made["notes"])[0]);
  const messageId = id(note["id"]);
  if (messageId === undefined) return receipt(job);
  return receipt(job, {
    messageId,
    url: noteUrl(job, place, messageId),
    raw: { id: note["id"], type: note["type"], discussion: made["notes"] ? made["id"] : undefined },
  });
}

async function write(job: Job, place: Place): Promise<JsonObject> {
  const { outgoing, call, clients, context } = job;
  const discussion = call.replyTo === undefined ? undefined : await discussionOf(call.replyTo, job, place);
  const path =
    discussion === undefined
      ? call.path
      : `${noteablePath(outgoing.to.room, place)}/discussions/${encodeURIComponent(discussion)}/notes`;
  return await clients.object(outgoing.to.account, { method: "POST", path, body: await complete(job), pool: "notes" }, context);
}

/** The discussion that a note belongs to. A note on its own has one too, which an answer makes visible. */
async function discussionOf(
  note: string,
  { outgoing: { to }, clients, context }: Job,
  place: Place,
): Promise<string | undefined> {
  let seen = 0;
  for await (const discussion of clients.list(to.account, { path: `${noteablePath(to.room, place)}/discussions` }, context)) {
    if (records(discussion["notes"]).some((one) => id(one["id"]) === note)) return id(discussion["id"]);
    if (++seen >= farReach) break;
  }
  return undefined;
}

/** The notes that somebody wrote last. Where we may not look, or not now, nobody knows: none. */
export async function recentNotes({ outgoing: { to }, clients, context }: Job, place: Place): Promise<readonly JsonObject[]> {
  const path = `${noteablePath(to.room, place)}/${place.kind === "commit" ? "discussions" : "notes"}`;
  const query = { per_page: reach, order_by: "created_at", sort: "desc" };
  try {
    const { body } = await clients.call(to.account, { path, query }, context);
    return records(body);
  } catch (error) {
    if (isGatewayError(error) && error.retryable) throw error;
    return [];
  }
}

/** True when a note, or the first of a discussion, has the marker in it. */
export function holds(note: JsonObject, marker: string): boolean {
  const body = text(note["body"]) ?? text(record(records(note["notes"])[0])["body"]) ?? "";
  return body.includes(marker);
}

/** Makes a note say something else. */
export async function editNote(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const path = `${call.path}/notes/${noteId(job)}`;
  const note = await clients.object(outgoing.to.account, { method: "PUT", path, body: await complete(job) }, context);
  return receipt(job, { messageId: id(note["id"]) ?? outgoing.messageId });
}

/** Removes a note. One that is not there is removed. */
export async function deleteNote(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  try {
    await clients.call(outgoing.to.account, { method: "DELETE", path: `${call.path}/notes/${noteId(job)}` }, context);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  return receipt(job);
}

/** The note that an operation is about. */
export function noteId(job: Job): string {
  const place = placeOf(job);
  const { messageId = "" } = job.outgoing;
  if (place.kind === "commit") throw refused(job, "GitLab lets notes of commits be posted only.");
  if (/^\d+$/.test(messageId)) return messageId;
  throw refused(job, "the id of its message is missing, or is no note's.");
}

/** The fields with uploads below the text, and our marker at its end. */
async function complete(job: Job): Promise<object> {
  const { outgoing, call } = job;
  const files = await uploads(job);
  const said = [text(call.fields["body"]) ?? "", ...files].filter((part) => part !== "").join("\n\n");
  return { ...call.fields, body: marked(said, outgoing.key) };
}

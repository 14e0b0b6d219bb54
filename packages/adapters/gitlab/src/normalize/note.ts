import type { Conversation, Event } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, internalRoute, record, text, timeMs, type Place } from "../wire/index.ts";
import { event, type Source } from "./envelope.ts";
import { changeOf, issueOf } from "./item.ts";
import { authorId, readNote } from "./message.ts";
import { actorOf } from "./person.ts";
import { addressIn } from "./project.ts";

/** A comment. Undefined for one on something that this model cannot talk in, such as an epic. */
export function readNoteEvent(source: Source): Event | undefined {
  const { payload, project, self, receivedAt } = source;
  const note = record(payload["object_attributes"]);
  const conversation = conversationOfNote(source, note);
  if (conversation === undefined || id(note["id"]) === undefined) return undefined;
  const actor = actorOf(payload);
  const created = text(note["action"]) !== "update";
  // Others may edit a note: the author is whom the note names, and only then the actor.
  const wrote = authorId(note);
  const author = wrote === undefined || wrote === actor.id || created ? actor : { ...actor, id: wrote };
  const named = author === actor ? actor : { id: author.id, kind: "unknown" as const, self: false };
  const message = readNote(note, { project, self, author: named, at: receivedAt });
  const about = { conversation, actor, written: note["note"] };
  if (created) return event(source, "message.created", { ...about, at: message.sentAt }, { message });
  return event(source, "message.edited", { ...about, at: message.editedAt ?? message.sentAt }, { message });
}

/** The conversation that a note, or a reaction to one, belongs to. */
export function conversationOfNote({ payload, project, account }: Source, note: JsonObject): Conversation | undefined {
  const type = text(note["type"]);
  // A note on its own has a discussion too, of which it is all; an answer belongs below it only once there is one.
  const threaded = type === "DiscussionNote" || type === "DiffNote";
  const discussion = threaded ? text(note["discussion_id"]) : undefined;
  const below = discussion === undefined ? {} : { discussion };
  const url = text(note["url"]);
  const confidential =
    note["internal"] === true || note["confidential"] === true || payload["event_type"] === "confidential_note";
  const [issue, merge] = [record(payload["issue"]), record(payload["merge_request"])];
  // A note on a confidential issue is called confidential too, though everybody sees it who sees the issue.
  const internal = note["internal"] ?? note["confidential"] ?? (confidential && issue["confidential"] !== true);
  const at = (place: Place): Pick<Conversation, "address" | "url"> => ({
    address: { ...addressIn(project, account, place), ...(internal === true && { route: internalRoute }) },
    ...(url && { url }),
  });
  const [snippet, commit] = [record(payload["snippet"]), record(payload["commit"])];
  const numbered = (found: JsonObject): string => id(found["iid"]) ?? "";
  if (numbered(issue) !== "") {
    const read = { ...issueOf(issue, project), ...(confidential && { confidential }) };
    return { ...at({ kind: "issue", number: numbered(issue), ...below }), kind: "issue", ...titled(read.title), issue: read };
  }
  if (numbered(merge) !== "") {
    const read = { ...changeOf(merge, project), ...(confidential && { confidential }) };
    return { ...at({ kind: "change", number: numbered(merge), ...below }), kind: "change", ...titled(read.title), change: read };
  }
  const snippetId = id(snippet["id"]);
  if (snippetId !== undefined && project.room !== "-") {
    return { ...at({ kind: "snippet", number: snippetId, ...below }), kind: "channel", ...titled(text(snippet["title"])) };
  }
  const sha = text(commit["id"]) ?? text(note["commit_id"]);
  if (sha === undefined || !/^[\da-f]{7,64}$/.test(sha)) return undefined;
  return { ...at({ kind: "commit", number: sha, ...below }), kind: "channel", ...titled(text(commit["title"])) };
}

function titled(title: string | undefined): { readonly title?: string } {
  return title ? { title } : {};
}

/** Time of an award, which has no message around it. */
export function awardedAt(award: JsonObject): number | undefined {
  return timeMs(award["updated_at"]) ?? timeMs(award["created_at"]);
}

import type { Address, Formatter, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { GatewayError, type JsonObject } from "@devflow/gateway/kit";
import { eventId, type MatrixBody, type MatrixStep } from "../wire/index.ts";
import { measure, mentionsOf, textFields } from "./content.ts";
import { mediaStep, takesCaption } from "./media.ts";

/**
 * Events for each operation. The event that an edit or a reaction is about is left to the sender: it may not be sent yet when
 * this runs.
 */
export const formatter: Formatter = { measure, format };

function format(operation: Operation, to: Address): MatrixBody {
  switch (operation.kind) {
    case "message.post":
      return { action: "send", ...post(operation.draft, to) };
    case "message.edit":
      return { action: "edit", events: [edit(operation.draft, to)] };
    case "message.delete":
      return { action: "redact" };
    case "reaction.add":
      return { action: "react", emoji: qualified(operation.emoji) };
    case "reaction.remove":
      return { action: "unreact", emoji: qualified(operation.emoji) };
    case "typing.start":
      return { action: "typing" };
    default:
      throw rejected("operation.unsupported", `there is no ${operation.kind} here. Ask with a message, and read the answer`, to);
  }
}

function post(draft: PreparedDraft, to: Address): Pick<MatrixBody, "events" | "text"> {
  if (draft.onlyFor && draft.onlyFor !== to.room)
    throw rejected(
      "operation.unsupported",
      "a message for one user alone goes to their direct chat: use the user's id as the room",
      to,
    );
  const files = draft.attachments.map(mediaStep);
  const fields = textFields(draft.content);
  const said = fields.body !== "";
  const common = { "m.mentions": mentionsOf(draft.content, { account: to.account, broadcast: draft.broadcast === true }) };
  const [first, ...rest] = files;
  const events: MatrixStep[] = [];
  if (said && first && takesCaption(first))
    events.push({ ...first, content: { ...first.content, ...fields, ...common } }, ...rest);
  else {
    if (said)
      events.push({
        type: "m.room.message",
        content: { msgtype: draft.silent === true ? "m.notice" : "m.text", ...fields, ...common },
      });
    events.push(...files.map((file) => ({ ...file, content: { ...file.content, "m.mentions": {} } })));
  }
  if (events.length === 0) throw rejected("content.rejected", "there is nothing to send", to);
  const native = draft.native?.matrix ?? {};
  return {
    events: events.map((event, at) => {
      const relation = relates(to.thread, at === 0 ? draft.replyTo : undefined);
      return { ...event, content: { ...event.content, ...relation, ...(at === 0 ? native : {}) } };
    }),
  };
}

/**
 * In a thread the message for old clients is the root: the last one is not known here. A reply says that it is no such
 * makeshift.
 */
function relates(thread: string | undefined, replyTo: string | undefined): JsonObject {
  const answered = eventId(replyTo);
  const reply = answered === undefined ? {} : { "m.in_reply_to": { event_id: answered } };
  if (thread === undefined || thread === "") return answered === undefined ? {} : { "m.relates_to": reply };
  const fallback =
    answered === undefined
      ? { is_falling_back: true, "m.in_reply_to": { event_id: thread } }
      : { is_falling_back: false, ...reply };
  return { "m.relates_to": { rel_type: "m.thread", event_id: thread, ...fallback } };
}

/** Nobody is pinged by an edit: who was mentioned before is not known here. `m.new_content` names them all. */
function edit(draft: PreparedDraft, to: Address): MatrixStep {
  const [file, ...more] = draft.attachments.map(mediaStep);
  if (more.length > 0) throw rejected("content.rejected", "an edited message has one attachment at most", to);
  const fields = textFields(draft.content);
  const said = fields.body !== "";
  if (!said && !file)
    throw rejected("content.rejected", "an edit that leaves nothing is a deletion; delete the message instead", to);
  const common = { "m.mentions": mentionsOf(draft.content, { account: to.account, broadcast: draft.broadcast === true }) };
  const base = file?.content ?? { msgtype: draft.silent === true ? "m.notice" : "m.text" };
  const fresh: JsonObject = { ...base, ...(said ? fields : {}), ...common };
  const html = typeof fresh.formatted_body === "string" ? { formatted_body: `* ${fresh.formatted_body}` } : {};
  const content = {
    ...fresh,
    body: `* ${String(fresh.body)}`,
    ...html,
    "m.mentions": {},
    "m.new_content": fresh,
    ...draft.native?.matrix,
  };
  return { type: "m.room.message", content, ...(file?.upload === undefined ? {} : { upload: file.upload }) };
}

/** Clients compare reactions as text, and write emoji that have both faces with the selector of the coloured one. */
function qualified(emoji: string): string {
  return /^\p{Emoji}$/u.test(emoji) && !/^\p{Emoji_Presentation}$/u.test(emoji) && !/^[\d#*]$/.test(emoji)
    ? `${emoji}\uFE0F`
    : emoji;
}

function rejected(code: "content.rejected" | "operation.unsupported", what: string, to: Address): GatewayError {
  return new GatewayError(code, `matrix: ${to.account}: ${what}.`, { platform: "matrix", account: to.account });
}

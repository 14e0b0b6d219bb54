import { hash } from "node:crypto";
import type { AdapterContext, Delivery } from "@devflow/gateway/contract";
import { addressKey, type JsonObject } from "@devflow/gateway/kit";
import {
  addressOf,
  eventId,
  number,
  object,
  redactedBy,
  relationOf,
  string,
  type Facts,
  type MatrixEvent,
  type MatrixPayload,
} from "../wire/index.ts";

/** How long it is known what an event was: which thread, whose, which reaction. */
const noteTtlMs = 30 * 86_400_000;
/** Most bytes of an id or a lane, with what the core puts before it. */
const keyLimit = 480;

/** What is remembered of an event for those that will be about it. */
interface Note {
  readonly thread?: string;
  readonly ours?: true;
  readonly reaction?: { readonly messageId: string; readonly emoji: string };
}

/** An event and where it came from. */
export interface Received {
  readonly account: string;
  readonly room: string;
  readonly event: JsonObject;
  readonly direct: boolean;
  readonly title: string | undefined;
}

/** Makes deliveries of events: the same for a sync and for a pushed transaction. */
export type Reception = (received: Received, context: AdapterContext) => Promise<Delivery>;

/** One event is one delivery. What it refers to is looked up here, since normalizing is pure. */
export const reception: Reception = async ({ account, room, event, direct, title }, context) => {
  const content = object(event.content);
  const relation = relationOf(content);
  const redacted = event.type === "m.room.redaction" ? redactedBy(event) : undefined;
  const about = redacted ?? relation.replyTo ?? relation.target;
  const note = about === undefined ? undefined : await noteOf(account, about, context);
  const thread = placeable(account, room, relation.thread ?? note?.thread);
  const facts: Facts = {
    ...(direct ? { direct: true } : {}),
    ...(title === undefined ? {} : { title }),
    ...(thread === undefined ? {} : { thread }),
    ...(note?.ours ? { ours: true } : {}),
    ...(redacted !== undefined && note?.reaction ? { reaction: note.reaction } : {}),
  };
  await remember({ account, event, thread, relation }, context);
  const payload: MatrixPayload = { event: wire({ ...event, room_id: room }), facts };
  const body = JSON.stringify(payload);
  return {
    id: idOf(account, event, body),
    account,
    lane: addressKey(addressOf(account, room, thread)),
    via: "event",
    body,
    // Parsed anew, so that it is what the store will give back.
    payload: JSON.parse(body) as unknown,
    receivedAt: context.clock.now(),
  };
};

function wire(event: JsonObject): MatrixEvent {
  return event as unknown as MatrixEvent;
}

/** Ids of events are unique; a receipt or an invitation has none, and is what it says. */
function idOf(account: string, event: JsonObject, body: string): string {
  const own = eventId(event.event_id) ?? hash("sha256", body, "base64url");
  const id = `${account}:${own}`;
  return Buffer.byteLength(id) <= keyLimit ? id : hash("sha256", id, "base64url");
}

/** A thread whose id would make a lane that no store takes is left out: nothing sane has one. */
function placeable(account: string, room: string, thread: string | undefined): string | undefined {
  if (thread === undefined) return undefined;
  return Buffer.byteLength(addressKey(addressOf(account, room, thread))) <= keyLimit ? thread : undefined;
}

async function remember(
  {
    account,
    event,
    thread,
    relation,
  }: {
    readonly account: string;
    readonly event: JsonObject;
    readonly thread: string | undefined;
    readonly relation: ReturnType<typeof relationOf>;
  },
  context: AdapterContext,
): Promise<void> {
  const id = eventId(event.event_id);
  if (id === undefined || event.state_key !== undefined) return;
  const { target, key } = relation;
  const reaction =
    event.type === "m.reaction" && target !== undefined && key !== undefined
      ? { messageId: target, emoji: key.slice(0, 200) }
      : undefined;
  const note: Note = {
    ...(thread === undefined ? {} : { thread }),
    ...(event.sender === account ? { ours: true } : {}),
    ...(reaction === undefined ? {} : { reaction }),
  };
  if (Object.keys(note).length > 0) await context.memory.set(noteKey(account, id), note, { ttlMs: noteTtlMs });
}

async function noteOf(account: string, id: string, context: AdapterContext): Promise<Note | undefined> {
  return (await context.memory.get<Note>(noteKey(account, id)))?.value;
}

function noteKey(account: string, id: string): string {
  return `note/${hash("sha256", JSON.stringify([account, id]), "base64url")}`;
}

/** Read receipts on messages of ours, as events of one mark each. The rest is nobody's business here. */
export async function receiptsIn(account: string, content: JsonObject, context: AdapterContext): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for (const [id, kinds] of Object.entries(content)) {
    const readers = Object.entries(object(object(kinds)["m.read"])).filter(([user]) => user !== account);
    if (readers.length === 0 || eventId(id) === undefined || !(await noteOf(account, id, context))?.ours) continue;
    for (const [sender, mark] of readers) {
      const { ts, thread_id: thread } = object(mark);
      const said = { event_id: id, ...(string(thread) === undefined ? {} : { thread_id: thread }) };
      found.push({ type: "m.receipt", sender, content: said, ...(number(ts) === undefined ? {} : { origin_server_ts: ts }) });
    }
  }
  return found;
}

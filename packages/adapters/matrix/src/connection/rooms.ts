import type { Delivery } from "@devflow/gateway/contract";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { forgetPlain, isDirect, readRoom, roomKey, strippedMember, titleOf, withState, type RoomFacts } from "../client/index.ts";
import { receiptsIn, reception } from "../normalize/index.ts";
import { eventId, number, object, objects, string } from "../wire/index.ts";
import { missedEvents } from "./gap.ts";
import type { Line } from "./line.ts";

/** What one sync brought. */
export interface Taken {
  readonly deliveries: readonly Delivery[];
  /** Rooms where something was said that we cannot read. */
  readonly encrypted: readonly string[];
  /** The last message of others, by room. */
  readonly read: ReadonlyMap<string, string>;
  readonly invited: boolean;
}

/** Reads the rooms of a sync: those we are in, those we left, and those we are invited to. */
export async function takeRooms(line: Line, { join, leave, invite }: JsonObject): Promise<Taken> {
  const deliveries: Delivery[] = [];
  const encrypted: string[] = [];
  const read = new Map<string, string>();
  let invited = false;
  for (const [room, section] of Object.entries(object(join))) {
    const events = await takeRoom(line, room, object(section), true, deliveries);
    if (events.some(({ type }) => type === "m.room.encrypted")) encrypted.push(room);
    const last = eventId(events.findLast(({ type, sender }) => type === "m.room.message" && sender !== line.account)?.event_id);
    if (last !== undefined) read.set(room, last);
  }
  for (const [room, section] of Object.entries(object(leave))) await takeRoom(line, room, object(section), false, deliveries);
  for (const [room, section] of Object.entries(object(invite))) {
    const member = strippedMember(object(object(section).invite_state).events, line.account);
    if (!member) continue;
    const { direct } = await takeInvitation(line, room, member);
    deliveries.push(await reception({ account: line.account, room, event: member, direct, title: undefined }, line.context));
    invited = true;
  }
  return { deliveries, encrypted, read, invited };
}

/** Notes who invited us, and whether to a direct chat, which nothing says later. */
async function takeInvitation(
  { invitations, account, context }: Line,
  room: string,
  member: JsonObject,
): Promise<{ readonly direct: boolean }> {
  const direct = object(member.content).is_direct === true;
  const facts = await readRoom(account, room, context);
  const { direct: _, ...rest } = facts;
  await context.memory.set(roomKey(account, room), { ...rest, joined: false, ...(direct ? { direct } : {}) } satisfies RoomFacts);
  await invitations.note(account, { room, from: string(member.sender) ?? "" }, context);
  return { direct };
}

async function takeRoom(
  line: Line,
  room: string,
  section: JsonObject,
  joined: boolean,
  deliveries: Delivery[],
): Promise<readonly JsonObject[]> {
  const { account, since, context } = line;
  const before = await readRoom(account, room, context);
  const timeline = object(section.timeline);
  const shown = objects(timeline.events);
  const events = since === undefined ? [] : await newsIn(line, room, { shown, timeline, known: before.joined === true });
  let facts = [...objects(object(section.state).events), ...shown].reduce<RoomFacts>(withState, before);
  const members = number(object(section.summary)["m.joined_member_count"]);
  facts = { ...facts, joined, ...(members === undefined ? {} : { members }) };
  if (JSON.stringify(facts) !== JSON.stringify(before)) await context.memory.set(roomKey(account, room), facts);
  const place = { account, room, direct: isDirect(facts), title: titleOf(facts) };
  for (const event of events) {
    if (event.type === "m.room.encryption") await forgetPlain(account, room, context);
    if (event.type === "m.room.tombstone") await follow(line, event);
    deliveries.push(await reception({ ...place, event }, context));
  }
  for (const { type, content } of objects(object(section.ephemeral).events)) {
    if (type !== "m.receipt" || since === undefined) continue;
    for (const event of await receiptsIn(account, object(content), context))
      deliveries.push(await reception({ ...place, event }, context));
  }
  return events;
}

/**
 * What is new in a room. Of a room that we have just come into, that begins with our invitation: a person who invites a bot
 * may speak at once, and what was said before was said to others.
 */
async function newsIn(
  line: Line,
  room: string,
  { shown, timeline, known }: { readonly shown: readonly JsonObject[]; readonly timeline: JsonObject; readonly known: boolean },
): Promise<readonly JsonObject[]> {
  const from = string(timeline.prev_batch);
  const until = known ? undefined : (event: JsonObject): boolean => isOurInvitation(event, line.account);
  const complete = until !== undefined && shown.some(until);
  const missed = timeline.limited === true && from !== undefined && !complete ? await missedEvents(line, room, from, until) : [];
  const events = [...missed, ...shown];
  if (until === undefined) return events;
  const invited = events.findLastIndex(until);
  return events.slice(
    (invited === -1
      ? events.findLastIndex((event) => isOurs(event, line.account) && membership(event) === "join") - 1
      : invited) + 1,
  );
}

function isOurInvitation(event: JsonObject, account: string): boolean {
  return isOurs(event, account) && membership(event) === "invite";
}

function isOurs({ type, state_key: key }: JsonObject, account: string): boolean {
  return type === "m.room.member" && key === account;
}

function membership({ content }: JsonObject): unknown {
  return isObject(content) ? content.membership : undefined;
}

/** A room that was replaced says where it went; whoever replaced it invites us there. */
async function follow({ invitations, account, context }: Line, event: JsonObject): Promise<void> {
  const room = string(object(event.content).replacement_room);
  if (room?.startsWith("!")) await invitations.note(account, { room, from: string(event.sender) ?? "" }, context);
}

import type { Conversation } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { flag, readOrigin, record, records, text, writeRoute } from "../wire/index.ts";

/** Where something happened: an address in the making. */
export interface Place {
  readonly account: string;
  readonly room: string;
  readonly kind: "direct" | "group" | "channel";
  readonly thread?: string | undefined;
  readonly route?: string | undefined;
  readonly title?: string | undefined;
}

/** The place as the contract has it. */
export function conversationOf({ account, room, kind, thread, route, title }: Place): Conversation {
  return {
    address: {
      platform: "slack",
      account,
      room,
      ...(thread === undefined ? {} : { thread }),
      ...(route === undefined ? {} : { route }),
    },
    kind,
    ...(title === undefined ? {} : { title }),
  };
}

/**
 * The installation a payload belongs to: the enterprise where the whole organization installed the app, else the workspace.
 * Events name it in `authorizations`, since `team_id` may be the other side of a shared channel; interactive payloads of
 * organizations have `team: null`.
 */
function accountOf(payload: JsonObject): string {
  const authorization = records(payload["authorizations"])[0];
  if (authorization !== undefined) {
    const enterprise = flag(authorization["is_enterprise_install"]) ? text(authorization["enterprise_id"]) : undefined;
    const team = enterprise ?? text(authorization["team_id"]);
    if (team !== undefined) return team;
  }
  const enterprise = text(payload["enterprise_id"]) ?? text(record(payload["enterprise"])["id"]);
  const team =
    text(payload["context_team_id"]) ??
    text(payload["team_id"]) ??
    text(record(payload["team"])["id"]) ??
    text(record(payload["view"])["app_installed_team_id"]);
  if (enterprise !== undefined && (flag(payload["is_enterprise_install"]) || team === undefined)) return enterprise;
  return team ?? text(record(payload["user"])["team_id"]) ?? "";
}

/** What kind of room an id or a `channel_type` tells of. */
export function roomKind(room: string, type?: unknown): Place["kind"] {
  if (type === "im" || type === "app_home" || /^[DUW]/.test(room)) return "direct";
  return type === "group" || type === "mpim" || room.startsWith("G") ? "group" : "channel";
}

/** The thread in which an answer to a message belongs: its own, or in a channel the one that the message begins. */
function threadOf(message: JsonObject, kind: Place["kind"], replyInThread: boolean): string | undefined {
  return text(message["thread_ts"]) ?? (replyInThread && kind !== "direct" ? text(message["ts"]) : undefined);
}

/** Place of an event of the Events API. */
export function placeOfEvent(envelope: JsonObject, event: JsonObject, replyInThread: boolean): Place {
  const account = accountOf(envelope);
  const assistant = record(event["assistant_thread"]);
  const channel = event["channel"];
  const room =
    text(channel) ??
    text(record(channel)["id"]) ??
    text(event["channel_id"]) ??
    text(record(event["item"])["channel"]) ??
    text(assistant["channel_id"]);
  if (room === undefined) {
    const user = text(event["user"]) ?? text(record(event["user"])["id"]);
    // What happens to a person is answered to that person; what happens to a workspace has no room but the workspace.
    return user === undefined ? { account, room: account, kind: "channel" } : { account, room: user, kind: "direct" };
  }
  const kind = roomKind(room, event["channel_type"]);
  const thread =
    event["type"] === "message" || event["type"] === "app_mention"
      ? threadOf(subjectOf(event), kind, replyInThread)
      : (text(event["thread_ts"]) ?? text(assistant["thread_ts"]));
  return { account, room, kind, thread };
}

/** The message that a message event is about: the one that was changed or deleted, or the event itself. */
export function subjectOf(event: JsonObject): JsonObject {
  if (event["subtype"] === "message_changed" || event["subtype"] === "message_replied") return record(event["message"]);
  if (event["subtype"] === "message_deleted") return { ts: event["deleted_ts"], ...record(event["previous_message"]) };
  return event;
}

/** Place of a slash command. Slack does not let them be typed in threads. */
export function placeOfCommand(command: JsonObject): Place {
  const room = text(command["channel_id"]) ?? text(command["user_id"]) ?? "";
  const name = text(command["channel_name"]);
  return {
    account: accountOf(command),
    room,
    kind: name === "directmessage" ? "direct" : name === "privategroup" ? "group" : roomKind(room),
    route: routeOf(text(command["user_id"]), command["response_url"]),
    title: name === "directmessage" || name === "privategroup" ? undefined : name,
  };
}

/** Place of an interaction: its message's, the one that opened the view, or the user's own room. */
export function placeOfInteraction(payload: JsonObject, replyInThread: boolean): Place {
  const account = accountOf(payload);
  const user = text(record(payload["user"])["id"]);
  const container = record(payload["container"]);
  const channel = record(payload["channel"]);
  const message = record(payload["message"]);
  const origin = readOrigin(record(payload["view"])["private_metadata"]);
  const room = text(channel["id"]) ?? text(container["channel_id"]) ?? origin?.room;
  if (room === undefined) return { account, room: user ?? "", kind: "direct" };
  const name = text(channel["name"]);
  const kind = name === "directmessage" ? "direct" : name === "privategroup" ? "group" : roomKind(room);
  // A message that only one person sees cannot begin a thread.
  const root = text(message["ts"]) !== undefined && !flag(container["is_ephemeral"]);
  const thread = root ? threadOf(message, kind, replyInThread) : (text(container["thread_ts"]) ?? origin?.thread);
  return { account, room, kind, thread, route: routeOf(user, payload["response_url"]) };
}

function routeOf(user: string | undefined, url: unknown): string | undefined {
  return text(url) === undefined ? undefined : writeRoute(user ?? "", String(url));
}

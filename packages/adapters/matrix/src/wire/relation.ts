import type { JsonObject } from "@devflow/gateway/kit";
import { eventId, object, string } from "./read.ts";

/** How a message refers to others. */
export interface Relation {
  /** `m.replace`, `m.annotation`, `m.thread`, or whatever else is there. */
  readonly type?: string;
  /** The event it is about: the original of an edit, the target of a reaction. */
  readonly target?: string;
  readonly thread?: string;
  /** The message it answers. In a thread, the last message named for old clients is none. */
  readonly replyTo?: string;
  /** Key of a reaction. */
  readonly key?: string;
}

/** Reads `m.relates_to`. */
export function relationOf(content: JsonObject): Relation {
  const relates = object(content["m.relates_to"]);
  const type = string(relates.rel_type);
  const target = eventId(relates.event_id);
  const answered = eventId(object(relates["m.in_reply_to"]).event_id);
  const threaded = type === "m.thread" && target !== undefined;
  const replyTo = threaded && relates.is_falling_back === true ? undefined : answered;
  const key = string(relates.key);
  return {
    ...(type === undefined ? {} : { type }),
    ...(target === undefined ? {} : { target }),
    ...(threaded ? { thread: target } : {}),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(key === undefined ? {} : { key }),
  };
}

/** What a redaction removes: rooms before version 11 say it beside the content. */
export function redactedBy(event: JsonObject): string | undefined {
  return eventId(object(event.content).redacts) ?? eventId(event.redacts);
}

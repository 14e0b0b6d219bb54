import type { Address } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";

export { eventId, number, object, objects, present, string } from "./read.ts";
export { relationOf, redactedBy, type Relation } from "./relation.ts";

/** An event as the homeserver tells it, with its room: the `raw` of every event. All but its type may be missing or wrong. */
export interface MatrixEvent {
  readonly type: string;
  readonly room_id: string;
  readonly event_id?: string;
  readonly sender?: string;
  readonly origin_server_ts?: number;
  readonly state_key?: string;
  readonly content?: unknown;
  readonly unsigned?: unknown;
}

/** What an event does not say about its place, looked up when it is received, since normalizing is pure. */
export interface Facts {
  /** The room is between the bot and one person. */
  readonly direct?: true;
  readonly title?: string;
  /** Thread of the message that this one is about. */
  readonly thread?: string;
  /** The message that this one is about is ours. */
  readonly ours?: true;
  /** The event that is redacted was this reaction. */
  readonly reaction?: { readonly messageId: string; readonly emoji: string };
}

/** What goes into the inbox for each event. */
export interface MatrixPayload {
  readonly event: MatrixEvent;
  readonly facts: Facts;
}

/** One event to send. */
export interface MatrixStep {
  readonly type: string;
  readonly content: JsonObject;
  /** Bytes in the store to upload first; their address becomes `content.url`. */
  readonly upload?: Upload;
}

/** Bytes that the sender takes from the store and uploads. */
export interface Upload {
  readonly stored: string;
  readonly name: string;
  readonly mediaType: string;
}

/** What the formatter makes of an operation. Ids of the message it is about are the sender's affair. */
export interface MatrixBody extends Readonly<Record<string, unknown>> {
  readonly action: "send" | "edit" | "redact" | "react" | "unreact" | "typing";
  /** For `send` and `edit`: the events, in order. `text` is the index of the one that carries the text. */
  readonly events?: readonly MatrixStep[];
  readonly text?: number;
  readonly emoji?: string;
}

/** A file on a homeserver, `mxc://server/id`, taken apart. */
export interface Media {
  readonly server: string;
  readonly id: string;
}

const mxc = /^mxc:\/\/([A-Za-z0-9.:[\]-]{1,255})\/([A-Za-z0-9_-]{1,255})$/;

/** Reads the address of a file; undefined for what is none: it would become part of a request's path. */
export function readMxc(text: unknown): Media | undefined {
  const [, server, id] = (typeof text === "string" && mxc.exec(text)) || [];
  return server === undefined || id === undefined ? undefined : { server, id };
}

/** Link that opens a room, a user or an event in any client. */
export function matrixTo(...ids: readonly string[]): string {
  return `https://matrix.to/#/${ids.map((id) => id.replace(/[%#/?\s]/g, encodeURIComponent)).join("/")}`;
}

/** The address of a room, or of a thread in it. */
export function addressOf(account: string, room: string, thread?: string): Address {
  return { platform: "matrix", account, room, ...(thread === undefined ? {} : { thread }) };
}

import type { JsonObject } from "@devflow/gateway/kit";

export { addressOf, contactOf, personId, roomIn } from "./place.ts";
export { isShort, pressKey, pressLimit, readPress, shortPress, writePress, type Press } from "./press.ts";
export { id, number, object, objects, present, text, timeOf } from "./read.ts";
export { operationOf, stampKey, writeStamp } from "./stamp.ts";

/**
 * One thing of a webhook: a change with one message, one status, one echo or one group, and with the contact that belongs to
 * it. The `raw` of every event.
 */
export interface WhatsAppChange extends JsonObject {
  /** Id of the WhatsApp business account. */
  readonly id: string;
  readonly field: string;
  readonly value: JsonObject;
}

/** One request to `/messages`, without its recipient. */
export type WhatsAppCall = Readonly<Record<string, unknown>>;

/**
 * What the formatter makes of an operation: the requests to make, in order. One is the rule; a long text above buttons, and
 * text beside a sticker, take two. `main` is the index of the one whose id is the message's.
 */
export interface WhatsAppBody extends Readonly<Record<string, unknown>> {
  readonly calls: readonly WhatsAppCall[];
  readonly main?: number;
  /** The emoji that is set or taken back, without its selector. */
  readonly reaction?: string;
}

/** Stands in a request for bytes that the sender uploads: from the store, or those of a file that this number received. */
export interface Upload {
  readonly stored?: string;
  readonly media?: string;
  readonly name?: string;
  readonly mediaType?: string;
}

/** A file on Meta's servers. Its id belongs to one number. */
export interface MediaHandle {
  readonly account: string;
  readonly media: string;
}

/** Spells a handle for `AttachmentSource.handle`. */
export function writeHandle({ account, media }: MediaHandle): string {
  return `${account}/${media}`;
}

/** Reads what {@link writeHandle} spelled; undefined for anything else. */
export function readHandle(handle: string): MediaHandle | undefined {
  const [, account, media] = /^(\d+)\/([\w-]+)$/.exec(handle) ?? [];
  return account === undefined || media === undefined ? undefined : { account, media };
}

import { createHmac, hash } from "node:crypto";
import type { Address } from "@devflow/gateway/contract";
import { addressKey, isObject } from "@devflow/gateway/kit";

/** Media types of what is sent, and the beginnings of those that are received. */
export const mediaType = {
  json: "application/json",
  cloudEvent: "application/cloudevents+json",
  cloudEventLike: "application/cloudevents",
  batchLike: "application/cloudevents-batch",
} as const;

/** What is stored of a JSON body that is no CloudEvent: what the options read from it and its headers, and the body. */
export interface HttpPayload {
  readonly type: string;
  /** What it is about; what has the same is handled in order. */
  readonly subject?: string;
  readonly data: unknown;
}

/** A message as an endpoint gets it. */
export interface HttpMessage {
  readonly type: "message";
  readonly room: string;
  readonly thread?: string;
  /** Markdown. */
  readonly text: string;
  readonly replyTo?: string;
  readonly [field: string]: unknown;
}

/** A signature of Standard Webhooks: HMAC-SHA256 of id, time and the exact bytes. Source: its specification, "Signature scheme". */
export function signatureOf(key: Uint8Array, id: string, seconds: string, body: string | Uint8Array): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest("base64")}`;
}

/** The `webhook-id` of an operation: any key as one that fits a header, and has no dot, which the signature joins by. */
export function webhookId(key: string): string {
  return `msg_${hash("sha256", Buffer.from(key, "utf16le"), "base64url")}`;
}

/** What a delivery is about: a body with what was read from it, or a CloudEvent. Nothing in it is sure to be there. */
export function aboutOf(payload: unknown): { readonly type: string; readonly subject?: string } {
  const { type, subject } = isObject(payload) ? payload : {};
  return {
    type: typeof type === "string" && type !== "" ? type : "webhook",
    ...(typeof subject === "string" && subject !== "" ? { subject } : {}),
  };
}

/** Where a delivery belongs: a room for each subject, and for each type of what has none. */
export function placeOf(payload: unknown, platform: string, account: string): Address {
  const { type, subject = type } = aboutOf(payload);
  return { platform, account, room: nameOf(subject) };
}

const longestName = 200;

/** A text as an id or a room: as it is where it fits into a key, else its hash. */
export function nameOf(text: string): string {
  const spelled = addressKey({ platform: "", account: "", room: text });
  const fits = text !== "" && text.isWellFormed() && !text.includes("\u0000") && Buffer.byteLength(spelled) <= longestName;
  return fits ? text : hash("sha256", Buffer.from(text, "utf16le"), "hex");
}

import type { Address, Conversation, Event, User } from "../../contract/index.ts";
import { addressKey, parseAddressKey } from "../address.ts";
import { isObject, type JsonObject } from "../json.ts";
import { isConversation, isPayload, isUser } from "./shape.ts";

/** An event in the common form of the CNCF: CloudEvents 1.0, as JSON in structured mode (`application/cloudevents+json`). */
export interface CloudEvent {
  readonly specversion: "1.0";
  /** Unique within the source. */
  readonly id: string;
  /** A URI reference; ours are `/<platform>/<account>`. */
  readonly source: string;
  /** Ours are the kind after `devflow.`, such as `devflow.issue.opened`. */
  readonly type: string;
  /** Ours is the conversation's address key. */
  readonly subject?: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly datacontenttype?: string;
  /** Ours is the payload of the kind, with `conversation` and `actor`, for which CloudEvents has no attributes. */
  readonly data?: unknown;
  readonly [attribute: string]: unknown;
}

const prefix = "devflow.";
/** Beyond the year 9999 RFC 3339 has no spelling. */
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The event as a CloudEvent, without its `raw`. Plain JSON as far as the event is. Pure. */
export function toCloudEvent(event: Event): CloudEvent {
  const { id, kind, platform, account, at, raw: _, ...data } = event;
  const subject = addressKey(event.conversation.address);
  const time = at >= 0 && at <= latest ? { time: new Date(at).toISOString() } : {};
  const source = `/${segment(platform)}/${segment(account)}`;
  return { specversion: "1.0", id, source, type: prefix + kind, subject, ...time, datacontenttype: "application/json", data };
}

/**
 * The event that a CloudEvent tells of, with the CloudEvent as its `raw`. Undefined for whatever is not an event of this
 * project, whole: another type, a payload without what its kind has. `receivedAt` is its time when it tells none. Pure.
 */
export function fromCloudEvent(value: unknown, receivedAt?: number): Event | undefined {
  if (!isCloudEvent(value) || !value.type.startsWith(prefix) || !isObject(value.data)) return undefined;
  const kind = value.type.slice(prefix.length);
  const at = timeOf(value) ?? receivedAt;
  const { conversation, actor, ...payload } = value.data;
  if (at === undefined || !isPayload(kind, payload)) return undefined;
  const [platform, account] = originOf(value.source);
  return {
    ...payload,
    id: value.id,
    kind,
    platform,
    account,
    at,
    conversation: isConversation(conversation) ? conversation : placeOf(value, platform, account, kind),
    actor: isUser(actor) ? actor : ({ id: "", kind: "unknown", self: false } satisfies User),
    raw: value,
  } as unknown as Event;
}

/** Whether that is a CloudEvent 1.0 in JSON, whatever its type. */
export function isCloudEvent(value: unknown): value is CloudEvent {
  return (
    isObject(value) &&
    value["specversion"] === "1.0" &&
    ["id", "source", "type"].every((name) => typeof value[name] === "string" && value[name] !== "") &&
    ["subject", "time", "datacontenttype"].every((name) => ["string", "undefined"].includes(typeof value[name]))
  );
}

function timeOf({ time = "" }: CloudEvent): number | undefined {
  const at = /^\d{4}-\d\d-\d\d[Tt]/.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Where it happened, by our spelling of a source; anybody else's is an account on a platform of that name. */
function originOf(source: string): readonly [platform: string, account: string] {
  const [, platform, account = ""] = /^\/([a-z][a-z0-9-]*)\/([^/?#]+)$/.exec(source) ?? [];
  const decoded = decoding(() => decodeURIComponent(account));
  return platform === undefined || decoded === undefined ? ["cloudevents", source] : [platform, decoded];
}

function placeOf({ subject = "" }: JsonObject & CloudEvent, platform: string, account: string, kind: string): Conversation {
  const told = decoding(() => parseAddressKey(subject));
  const whole = told !== undefined && told.platform !== "" && told.account !== "" && told.room !== "";
  const address: Address = whole ? told : { platform, account, room: subject || kind };
  return { address, kind: "channel" };
}

function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Escapes that nobody wrote by our rules cannot be read by them. */
function decoding<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

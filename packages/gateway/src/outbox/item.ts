import type { Address, Attachment, Body, Job, OperationKind } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";
import { storeKey } from "../kit/key.ts";

/** What the outbox stores of one operation: everything a sender needs, in any process, after any restart. */
export interface Item {
  readonly kind: OperationKind;
  readonly to: Address;
  readonly body: Body;
  /** The message it is about, as the platform names it… */
  readonly messageId?: string;
  /** …or the operation that made that message; its receipt knows the name by the time this one is sent. */
  readonly ref?: string;
  readonly attachments?: readonly Attachment[];
  /** The id under which its receipt is kept, when a move gave the job another. */
  readonly origin?: string;
  /** How often it was redirected. */
  readonly moves?: number;
  /** Plain text, for transcripts. */
  readonly text?: string;
  /** Id of the event that this answers. */
  readonly cause?: string;
  /** Milliseconds since the epoch: when it was said. */
  readonly at: number;
}

/** A job of the outbox. */
export type OutboxJob = Job & { readonly queue: string };

/** Each platform has a queue of its own, so that one that is down or slow takes no worker from another. */
export function queueName(platform: string): string {
  return `outbox-${platform}`;
}

/** Operations of one conversation leave in order. */
export function toJob(id: string, item: Item): OutboxJob {
  const key = storeKey(addressKey(item.to));
  return { queue: queueName(item.to.platform), key, id: storeKey(id), payload: JSON.stringify(item) };
}

/** The operation that {@link toJob} stored; undefined when the payload is none. */
export function readItem(payload: string | Uint8Array): Item | undefined {
  try {
    const item = JSON.parse(typeof payload === "string" ? payload : new TextDecoder().decode(payload)) as Partial<Item> | null;
    const whole = typeof item?.kind === "string" && typeof item.to?.platform === "string" && typeof item.body === "object";
    return whole ? (item as Item) : undefined;
  } catch {
    return undefined;
  }
}

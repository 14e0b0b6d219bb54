import type { Address } from "./address.ts";
import type { Attachment } from "./attachment.ts";
import type { Bucket, Capabilities } from "./capability.ts";
import type { Content } from "./content.ts";
import type { AdapterContext } from "./context.ts";
import type { Event } from "./event.ts";
import type { Body, Operation, OperationKind, Receipt } from "./operation.ts";
import type { Delivery } from "./wire.ts";
import type { Transports } from "./transport.ts";
import type { Archive, Directory, Files, Setup, Site, Work } from "./role.ts";
import type { Identity } from "./user.ts";

/** Turns payloads into events. Pure: the same input gives equal events, in any process, today and after a restart. */
export interface Normalizer {
  /**
   * True, or true of given deliveries, when `identity` is needed to read them; the core then asks `identify` once per account,
   * and again after a failure.
   */
  readonly needsIdentity: boolean | ((deliveries: readonly Delivery[]) => boolean);
  /**
   * One delivery, or several of one group in order of arrival. Never throws on shapes it does not know: those are
   * `platform.event`. Ids of events are `<platform>:<delivery id>`, with `#1`, `#2` behind it for further events of one delivery.
   */
  normalize(deliveries: readonly Delivery[], identity: Identity | undefined): readonly Event[];
}

/** Turns operations into the platform's words. Pure. */
export interface Formatter {
  /** Size of the content as the platform counts it, in the unit of `capabilities.text`. */
  measure(content: Content): number;
  /** The core has degraded and split: content fits, actions and attachments are within the table. */
  format(operation: Operation, to: Address): Body;
}

/** A formatted operation on its way out. */
export interface Outgoing {
  /** Idempotency key: the same on every attempt, different for everything else. */
  readonly key: string;
  readonly kind: OperationKind;
  readonly to: Address;
  readonly body: Body;
  /** The message an edit, deletion, reaction or stream is about, resolved. */
  readonly messageId?: string;
  readonly attachments?: readonly Attachment[];
  /** 1 on the first attempt. */
  readonly attempt: number;
}

/** Hands one operation to the platform, once: retries, pace and order belong to the outbox. */
export interface Sender {
  /** Rejects with a `GatewayError` that says whether and when to try again. */
  send(outgoing: Outgoing, context: AdapterContext): Promise<Receipt>;
}

/**
 * A platform, as an abstract factory of small parts. `contract` is the version of this file: the core refuses one it does
 * not know. Optional roles are abilities: leave one out and the core says so to whoever asks for it.
 */
export interface Adapter<
  P extends string = string,
  Client = unknown,
  Raw = unknown,
  Kinds extends OperationKind = OperationKind,
> {
  readonly contract: 1;
  /** `^[a-z][a-z0-9-]{0,31}$`; also the last segment of its webhook's path. */
  readonly platform: P;
  readonly transports: Transports;
  readonly normalizer: Normalizer;
  readonly formatter: Formatter;
  readonly sender: Sender;
  /** The table for one address, or of the platform in general. Pure and cheap: it is asked for every message. */
  capabilities(address?: Address): Capabilities;
  /** Buckets that an operation draws from, narrowest first: a `Retry-After` blocks the first unless the error names another. */
  limits(kind: OperationKind, to: Address): readonly Bucket[];
  identify(account: string, context: AdapterContext): Promise<Identity>;
  /** The platform's own SDK, ready to use: the way to what this model does not name. */
  client(account: string, context: AdapterContext): Promise<Client>;
  readonly archive?: Archive;
  readonly directory?: Directory;
  readonly files?: Files;
  readonly setup?: Setup;
  readonly site?: Site;
  readonly work?: Work;
  /** Types only, never set: what `raw` is, and the operations this platform has. */
  readonly types?: { readonly raw: Raw; readonly operations: Kinds };
}

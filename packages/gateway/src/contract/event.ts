import type { SelectOption } from "./action.ts";
import type { Change, Review } from "./change.ts";
import type { Conversation } from "./conversation.ts";
import type { FormValue } from "./form.ts";
import type { Changes, Issue } from "./issue.ts";
import type { Message } from "./message.ts";
import type { Deployment, Pipeline, Push, Release } from "./pipeline.ts";
import type { User } from "./user.ts";

/** Payload of each kind that platforms have in common. Closed: a program's own kinds go into {@link EventMap}. */
export interface CommonEventMap {
  "message.created": { readonly message: Message };
  "message.edited": { readonly message: Message; readonly previousText?: string };
  "message.deleted": { readonly messageId: string };
  "reaction.added": ReactionPayload;
  "reaction.removed": ReactionPayload;
  "action.invoked": {
    /** Id of the button or select. */
    readonly action: string;
    readonly value?: string;
    /** All values of a multiple select. */
    readonly values?: readonly string[];
    readonly messageId?: string;
    /** Short-lived token that opens a form (Slack: 3 s). */
    readonly trigger?: string;
  };
  "command.invoked": {
    /** Without its slash or bot suffix. */
    readonly command: string;
    /** Everything after the command, trimmed. */
    readonly args: string;
    readonly messageId?: string;
    readonly trigger?: string;
  };
  "form.submitted": { readonly form: string; readonly values: Readonly<Record<string, FormValue>>; readonly state?: string };
  /** Asked while a person types into a dynamic select. Answered, never queued: see `QuestionMap`. */
  "options.requested": { readonly field: string; readonly query: string; readonly form?: string };
  "member.joined": { readonly member: User; readonly by?: User };
  "member.left": { readonly member: User; readonly by?: User };
  /** What became of a message of ours. */
  "receipt.updated": {
    /** The `messageId` of the receipt. */
    readonly messageId: string;
    readonly status: "sent" | "delivered" | "read" | "failed";
    /** The operation that made the message, where the platform hands its id back: one of `Sent.ids`, known to `gateway.receipt`. */
    readonly operation?: string;
    /** Why it failed, in the codes of this project. */
    readonly error?: { readonly code: string; readonly message: string };
  };
  "issue.opened": { readonly issue: Issue };
  "issue.updated": { readonly issue: Issue; readonly changes: Changes };
  "issue.closed": { readonly issue: Issue; readonly changes: Changes };
  "issue.reopened": { readonly issue: Issue; readonly changes: Changes };
  "issue.deleted": { readonly issue: Issue };
  "change.opened": { readonly change: Change };
  /** New commits included: `changes.sha`. */
  "change.updated": { readonly change: Change; readonly changes: Changes };
  "change.merged": { readonly change: Change; readonly changes: Changes };
  "change.closed": { readonly change: Change; readonly changes: Changes };
  "change.reopened": { readonly change: Change; readonly changes: Changes };
  "review.submitted": { readonly change: Change; readonly review: Review };
  "push.received": { readonly push: Push };
  "pipeline.started": { readonly pipeline: Pipeline };
  "pipeline.finished": { readonly pipeline: Pipeline };
  "release.published": { readonly release: Release };
  "deployment.finished": { readonly deployment: Deployment };
  /** Credentials of this account no longer work. */
  "account.revoked": { readonly reason: string };
  /** Whatever the adapter received and this model does not name. `raw` has it whole. */
  "platform.event": { readonly type: string };
}

/** Payload of each kind of event. Open: adapters and users add kinds by declaration merging. Kinds are `noun.verb` in the past. */
export interface EventMap extends CommonEventMap {}

/** A reaction on a message. `emoji` is Unicode where one exists, else the platform's name without colons. */
export interface ReactionPayload {
  readonly messageId: string;
  readonly emoji: string;
}

export type EventKind = keyof EventMap & string;
/** Kinds that were merged in: what a program may emit itself. */
export type OwnKind = Exclude<EventKind, keyof CommonEventMap>;

/** What all events share. Plain JSON, `raw` included. */
export interface Envelope<K extends string = string, P extends string = string, Raw = unknown> {
  /** Unique within the store, and the same whenever the platform delivers the event again. */
  readonly id: string;
  readonly kind: K;
  readonly platform: P;
  readonly account: string;
  /** Milliseconds since the epoch, by the platform's clock where it tells. */
  readonly at: number;
  readonly conversation: Conversation;
  readonly actor: User;
  /** The payload as the platform sent it. */
  readonly raw: Raw;
}

/** Something that happened on a platform. */
export type Event<K extends EventKind = EventKind, P extends string = string, Raw = unknown> = {
  [Kind in K]: Envelope<Kind, P, Raw> & EventMap[Kind];
}[K];

/** Answers that a platform wants in its HTTP response, by the kind of event that asks. Open by declaration merging. */
export interface QuestionMap {
  /** `errors` (field id → text) keep the form open; nothing accepts it. */
  "form.submitted": { readonly errors?: Readonly<Record<string, string>> } | undefined;
  "options.requested": { readonly options: readonly SelectOption[] };
}
export type QuestionKind = keyof QuestionMap & EventKind;

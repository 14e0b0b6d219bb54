import type { Attachment, AttachmentInput } from "./attachment.ts";
import type { Content } from "./content.ts";
import type { User } from "./user.ts";

/** A message as a platform delivered it. */
export interface Message {
  /** Id within its room, as the platform spells it. */
  readonly id: string;
  readonly author: User;
  /** Plain text, always at hand: mentions of the bot included, markup removed. */
  readonly text: string;
  /** The text as a tree. Adapters read it from the payload on first use, so asking costs and not asking does not. */
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  /** True when the message is for the bot: a direct message, a mention, a reply to it. */
  readonly addressed: boolean;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly editedAt?: number;
  /** The message this one answers, where the platform says so. */
  readonly replyTo?: { readonly id: string; readonly self?: boolean };
}

/** What to say. Limits of a platform are the core's affair: a draft may be long, and richer than the platform is. */
export interface Draft {
  /** Markdown, or a tree. */
  readonly content?: string | Content;
  readonly attachments?: readonly AttachmentInput[];
  /** Show it to this user alone. Where a platform cannot, the operation is rejected rather than made public. */
  readonly onlyFor?: string;
  /** Id of the message to answer. */
  readonly replyTo?: string;
  /** Deliver without a sound, where the platform can. */
  readonly silent?: boolean;
  /** Let `room` mentions ping everybody. Off unless set. */
  readonly broadcast?: boolean;
  /** Per platform, fields laid over the native payload as they are: the way to what this model does not name. */
  readonly native?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A draft whose content is parsed and whose attachments are stored: what formatters see. */
export interface PreparedDraft extends Omit<Draft, "content" | "attachments"> {
  readonly content: Content;
  readonly attachments: readonly Attachment[];
}

/** Anything `reply` and `send` accept: Markdown, a tree, or a draft. */
export type Sayable = string | Content | Draft;

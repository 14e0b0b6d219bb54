import type { Attachment } from "./attachment.ts";
import type { NodeType } from "./content.ts";
import type { OperationKind } from "./operation.ts";

/**
 * `native`: the platform has it and the adapter sends it. `emulated`: it reaches people in another form, made by the
 * core's `degrade` (blocks and actions) or by the adapter's formatter (inline marks), and no text is lost. `none`: the
 * operation is rejected with `operation.unsupported`; a text that a handler streams is said once, when it is whole.
 */
export type Support = "native" | "emulated" | "none";

/** What a platform can do at one address, completely: tests hold the adapter to it and documents are generated from it. */
export interface Capabilities {
  /** Longest text of one message, as `formatter.measure` counts it. The core splits what is longer. */
  readonly text: {
    readonly limit: number;
    readonly unit: "utf16" | "codepoint" | "byte";
    /** Longest text an edit may carry. */ readonly editLimit: number;
  };
  readonly nodes: Readonly<Record<NodeType, Support>>;
  /** What is not named is `none`. */
  readonly operations: Readonly<Partial<Record<OperationKind, Support>>>;
  readonly attachments: {
    readonly kinds: Readonly<Record<Attachment["kind"], Support>>;
    readonly maxBytes: number;
    /** Attachments of one message; more become further messages. */
    readonly perMessage: number;
    /** Longest text beside an attachment; 0 when text goes into a message of its own. */
    readonly captionLimit: number;
  };
  /** What fits below one message. What does not fit becomes a numbered list. Zero buttons: none at all. */
  readonly actions: { readonly buttons: number; readonly selects: number; readonly options: number; readonly labelLimit: number };
  /**
   * What `replyTo` does. `thread`: it puts a message into the thread of another, so every part of a long draft carries it. Unless set it
   * quotes, which the first part alone does.
   */
  readonly replies?: "thread";
  /** Whether a draft can be shown to one user alone. */
  readonly onlyFor: boolean;
  /** How long after posting each operation works; absent means without end. Milliseconds. */
  readonly windows: { readonly editMs?: number; readonly deleteMs?: number; readonly replyMs?: number };
  /**
   * Pace of a stream, native or emulated by edits. `rotateMs`: begin a fresh message before the platform closes this one.
   * `recipient`: a native stream must name its reader; without one the core streams by edits.
   */
  readonly stream: { readonly intervalMs: number; readonly rotateMs?: number; readonly recipient?: boolean };
  /** True when the platform takes our idempotency key, so that a repeated send makes one message. */
  readonly idempotent: boolean;
}

/** The operations that a table has: those it names, but for `none`. */
export type OperationsIn<T extends Capabilities["operations"]> = {
  [K in keyof T & OperationKind]: T[K] extends "none" ? never : K;
}[keyof T & OperationKind];

/** A rate-limit bucket: on average `rate` operations in `periodMs`, and `burst` at once after idling. */
export interface Bucket {
  /** Unique in the store; begins with platform and account. */
  readonly key: string;
  readonly rate: number;
  readonly periodMs: number;
  readonly burst: number;
  /** Tokens one operation takes. 1 unless set. */
  readonly cost?: number;
}

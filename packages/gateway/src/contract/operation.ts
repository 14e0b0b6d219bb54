import type { ChangeDraft, Merge, ReviewDraft } from "./change.ts";
import type { Form } from "./form.ts";
import type { IssueDraft, IssueLink, IssueUpdate, UserRef } from "./issue.ts";
import type { PreparedDraft } from "./message.ts";
import type { PipelineRun } from "./pipeline.ts";
import type { Address } from "./address.ts";

/** Payload of each kind of operation, after the core has prepared it. Open by declaration merging. Kinds are imperative. */
export interface OperationMap {
  "message.post": { readonly draft: PreparedDraft };
  "message.edit": { readonly messageId: string; readonly draft: PreparedDraft };
  "message.delete": { readonly messageId: string };
  "reaction.add": { readonly messageId: string; readonly emoji: string };
  "reaction.remove": { readonly messageId: string; readonly emoji: string };
  "typing.start": Record<never, never>;
  /** Opens a native stream with its first text. Only adapters whose table says `native` see the three stream operations. */
  "stream.begin": { readonly text: string; readonly recipient?: string };
  /** Adds Markdown `text` to the open stream; `full` is all of it so far, for platforms that replace instead of append. */
  "stream.append": { readonly messageId: string; readonly text: string; readonly full: string };
  /**
   * Closes the stream so that the message reads exactly as `draft`. `resumed` says that an earlier process had begun it
   * and what it shows is unknown.
   */
  "stream.end": { readonly messageId: string; readonly text: string; readonly draft: PreparedDraft; readonly resumed?: boolean };
  "form.open": { readonly trigger: string; readonly form: Form };
  /** To a project. The receipt has the issue's key, URL and address. */
  "issue.create": { readonly issue: IssueDraft };
  /** To an issue or a change. */
  "issue.update": { readonly update: IssueUpdate };
  /** To an issue. A link that is there already is a success. */
  "issue.link": { readonly link: IssueLink };
  "issue.watch": { readonly user: UserRef; readonly watch: boolean };
  /** To a project. The receipt has the change's key, URL and address. */
  "change.create": { readonly change: ChangeDraft };
  /** To a change, as the next. */
  "change.merge": { readonly merge: Merge };
  "review.submit": { readonly review: ReviewDraft };
  /** To a project. The receipt's `key` is the id of the run, which its events name. */
  "pipeline.run": { readonly run: PipelineRun };
  /** `job`: that one alone. */
  "pipeline.cancel": { readonly pipeline: string; readonly job?: string };
  /** `failedOnly`: the jobs that failed and those after them. */
  "pipeline.retry": { readonly pipeline: string; readonly job?: string; readonly failedOnly?: boolean };
}

export type OperationKind = keyof OperationMap & string;

/** Something to do on a platform: data, so it can wait in the outbox. */
export type Operation<K extends OperationKind = OperationKind> = { [Kind in K]: { readonly kind: Kind } & OperationMap[Kind] }[K];

/** The operation in an adapter's own words: plain JSON, within the platform's limits, ready to send. */
export type Body = Readonly<Record<string, unknown>>;

/** Proof that a platform took an operation. */
export interface Receipt {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Id of the message made or changed. */
  readonly messageId?: string;
  readonly url?: string;
  /** What was made, by the name that events and later operations call it: an issue's key, the id of a run. */
  readonly key?: string;
  /** Where to talk about what was made. */
  readonly address?: Address;
  readonly raw?: unknown;
}

import type { UserRef, WorkItem } from "./issue.ts";

/** A proposal to change code: a pull request or merge request. */
export interface Change extends WorkItem {
  readonly kind: "change";
  /** Branch that has the new code. */
  readonly from: string;
  /** Branch that it shall go into. */
  readonly into: string;
  /** Newest commit of `from`. */
  readonly sha?: string;
  readonly draft: boolean;
  readonly merged: boolean;
}

/** A change to propose. */
export interface ChangeDraft {
  readonly title: string;
  /** Markdown. */
  readonly body?: string;
  readonly from: string;
  readonly into: string;
  readonly draft?: boolean;
  readonly labels?: readonly string[];
  readonly assignees?: readonly UserRef[];
  readonly reviewers?: readonly UserRef[];
  /** Per platform, as a message's draft has it. */
  readonly native?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** How to merge. With `sha`, only if that is still the newest commit. */
export interface Merge {
  readonly method?: "merge" | "squash" | "rebase";
  readonly sha?: string;
  /** First line of the commit message. */
  readonly title?: string;
  readonly message?: string;
  readonly deleteBranch?: boolean;
}

/** What somebody said about a change as a whole. */
export interface Review {
  readonly id: string;
  readonly verdict: "approved" | "rejected" | "commented" | "withdrawn";
  /** Markdown; empty when there is none. */
  readonly body: string;
  readonly url?: string;
  /** Commit that was looked at. */
  readonly sha?: string;
}

/** A review to submit. */
export interface ReviewDraft {
  readonly verdict: "approve" | "reject" | "comment";
  /** Markdown. */
  readonly body?: string;
  readonly comments?: readonly LineComment[];
  /** Commit that was looked at; the newest unless set. */
  readonly sha?: string;
  /** Per platform, as a message's draft has it. */
  readonly native?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A remark on lines of a file. A `suggestion` replaces them when its author accepts it. */
export interface LineComment {
  readonly path: string;
  /** Last line, counted from 1. */
  readonly line: number;
  readonly startLine?: number;
  /** `old`: lines that the change removes. `new` unless set. */
  readonly side?: "old" | "new";
  /** Markdown. */
  readonly body: string;
  readonly suggestion?: string;
}

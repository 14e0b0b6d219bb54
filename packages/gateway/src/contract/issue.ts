import type { User } from "./user.ts";

/** What an event changed: field → before and after. Fields of this model keep their names here, others have the platform's. */
export type Changes = Readonly<Record<string, { readonly from?: unknown; readonly to?: unknown }>>;

/** What an issue and a change have in common. Plain JSON. */
export interface WorkItem {
  /** What people call it, unique within the account: `octo/app#12`, `group/app!5`, `APP-12`. */
  readonly key: string;
  /** The platform's unchanging id. */
  readonly id: string;
  readonly title: string;
  /** The description as Markdown; empty when there is none. */
  readonly body: string;
  readonly state: "open" | "closed";
  /** The platform's own word where it says more than `state`: `In Progress`, `not_planned`. */
  readonly status?: string;
  readonly labels: readonly string[];
  readonly assignees: readonly User[];
  readonly author?: User;
  readonly url?: string;
  /** Milliseconds since the epoch, as the two below. */
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly closedAt?: number;
  /** Hidden from part of those who see the project. Show it nowhere else. */
  readonly confidential?: boolean;
}

/** Something to do, to repair or to answer. */
export interface Issue extends WorkItem {
  readonly kind: "issue";
  /** `Bug`, `Task`: the platform's word. */
  readonly type?: string;
  readonly priority?: string;
  /** Key of the issue that this one is part of. */
  readonly parent?: string;
}

/** Somebody to assign: a user as an event gave it, or what the platform calls one: a handle on GitHub and GitLab, an account id on Jira. */
export type UserRef = User | string;

/** All of a list, or what to add to it and take from it. The latter cannot undo what somebody else does meanwhile. */
export type ListUpdate<T> = readonly T[] | { readonly add?: readonly T[]; readonly remove?: readonly T[] };

/** An issue to make. */
export interface IssueDraft {
  readonly title: string;
  /** Markdown. */
  readonly body?: string;
  readonly type?: string;
  readonly priority?: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly UserRef[];
  readonly parent?: string;
  readonly confidential?: boolean;
  /** The platform's other fields, by name or id. Values as its API takes them. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Per platform, as a message's draft has it. */
  readonly native?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What to change about an issue or a change; the rest stays. */
export interface IssueUpdate {
  readonly title?: string;
  /** Markdown. */
  readonly body?: string;
  readonly state?: "open" | "closed";
  /** The platform's own word: a status to move to (Jira), a reason to close with (GitHub). */
  readonly status?: string;
  readonly type?: string;
  readonly priority?: string;
  readonly labels?: ListUpdate<string>;
  readonly assignees?: ListUpdate<UserRef>;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Per platform, as a message's draft has it. */
  readonly native?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A tie between an issue and another, or a page elsewhere. */
export type IssueLink =
  | { readonly key: string; readonly type?: string }
  /** `id` makes it the same link when it is made again. */
  | { readonly url: string; readonly title: string; readonly id?: string };

/** People to look up before a call is made: user names, or ids in digits. */
export interface People {
  readonly set?: readonly string[];
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** A remark on lines of a file, as a discussion. */
export interface Remark {
  readonly path: string;
  readonly line: number;
  readonly side: "old" | "new";
  /** In Markdown, with its suggestion. */
  readonly body: string;
}

/** A formatted operation. What is known only at sending (message id, user ids, uploads, marker) is added by the sender. */
export interface GitlabCall {
  readonly method: "POST" | "PUT" | "DELETE";
  /** Below `/api/v4/`. */
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly assignees?: People;
  readonly reviewers?: People;
  readonly review?: {
    readonly verdict: "approve" | "reject" | "comment";
    readonly body: string;
    readonly remarks: readonly Remark[];
  };
  /** The note to answer, whose discussion is looked for. */
  readonly replyTo?: string;
  readonly link?: string;
  readonly emoji?: string;
}

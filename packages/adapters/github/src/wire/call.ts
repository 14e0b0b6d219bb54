/** What a formatted operation is: a call of GitHub's REST API, and what belongs to it but cannot be said in the same call. */
export interface GithubCall {
  /** As the documentation writes it: `POST /repos/{owner}/{repo}/issues`. */
  readonly route: string;
  /** Values for the path and, what is left, of the body. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Names of texts in `args` that carry our marker. */
  readonly texts?: readonly string[];
  readonly labels?: ListEdit;
  readonly assignees?: ListEdit;
  /** Logins to ask for a review. */
  readonly reviewers?: readonly string[];
  /** The issue that a new one is part of. */
  readonly parent?: { readonly owner: string; readonly repo: string; readonly number: number };
  readonly deleteBranch?: boolean;
}

/** What is added to a list and taken from it. */
export interface ListEdit {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** A payload of a webhook. Its fields are described by `@octokit/webhooks-types`, for those who want them typed. */
export interface GithubPayload {
  readonly action?: string;
  readonly sender?: GithubObject;
  readonly repository?: GithubObject;
  readonly installation?: GithubObject;
  readonly [field: string]: unknown;
}

/** An object within a payload. */
export interface GithubObject {
  readonly id?: number;
  readonly [field: string]: unknown;
}

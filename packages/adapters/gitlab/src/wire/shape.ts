/** A JSON object as GitLab sent it. Fields that this adapter does not name are there too. */
export type GitlabObject = { readonly [field: string]: unknown };

/** Who did it. Pushes have `user_id`, `user_name` and `user_username` instead. */
export interface GitlabUser {
  readonly id?: number;
  readonly name?: string;
  readonly username?: string;
}

/** The project of an event. */
export interface GitlabProject {
  readonly id?: number;
  readonly name?: string;
  readonly web_url?: string;
  readonly path_with_namespace?: string;
  readonly visibility_level?: number;
}

/** What `raw` of a GitLab event is: the body of a project, group or system hook. */
export interface GitlabPayload {
  readonly object_kind?: string;
  /** Of system hooks, and of pushes. */
  readonly event_name?: string;
  readonly event_type?: string;
  readonly user?: GitlabUser;
  readonly project?: GitlabProject;
  readonly object_attributes?: GitlabObject;
  readonly changes?: { readonly [field: string]: { readonly previous?: unknown; readonly current?: unknown } };
  readonly [field: string]: unknown;
}

/** How a delivery came: `own` is one that a write of ours caused, by its `X-Gitlab-Event-UUID`. */
export type Via = "hook" | "own";

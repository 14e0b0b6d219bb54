/** One run of a workflow or pipeline. */
export interface Pipeline {
  /** Id of the run, the same for all attempts where the platform keeps it. */
  readonly id: string;
  /** Name of the workflow, or what stands for it. */
  readonly name: string;
  readonly status: "queued" | "running" | "finished";
  /** Absent until it is finished. */
  readonly passed?: boolean;
  /** The platform's word: `failure`, `cancelled`. */
  readonly outcome?: string;
  /** Branch or tag. */
  readonly ref?: string;
  readonly sha?: string;
  readonly url?: string;
  /** 1 for the first. */
  readonly attempt?: number;
  /** Milliseconds since the epoch, as the next. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** Keys of the changes it runs for. */
  readonly changes?: readonly string[];
}

/** A run to start. */
export interface PipelineRun {
  /** File or id of the workflow, where a project has several. */
  readonly workflow?: string;
  /** Branch or tag. */
  readonly ref: string;
  /** Declared inputs, spelled as they are declared. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Undeclared variables, where the platform has them. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Commits that came to a branch, or a branch or tag that came or went. */
export interface Push {
  /** Full name: `refs/heads/main`. */
  readonly ref: string;
  readonly branch?: string;
  readonly tag?: string;
  /** Commits the ref pointed to; undefined when it is new or gone. */
  readonly before?: string;
  readonly after?: string;
  readonly forced: boolean;
  /** Oldest first; platforms send a limited number. */
  readonly commits: readonly {
    readonly sha: string;
    readonly message: string;
    readonly author?: string;
    readonly url?: string;
  }[];
  readonly url?: string;
}

/** A version made public. */
export interface Release {
  readonly id: string;
  readonly tag: string;
  readonly name: string;
  /** Markdown. */
  readonly body: string;
  readonly prerelease: boolean;
  readonly url?: string;
}

/** Code brought to an environment. */
export interface Deployment {
  readonly id: string;
  readonly environment: string;
  readonly passed: boolean;
  /** The platform's word. */
  readonly outcome: string;
  readonly ref?: string;
  readonly sha?: string;
  readonly url?: string;
}

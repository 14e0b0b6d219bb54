import type { Address, Button, Capabilities, OperationsIn } from "@devflow/gateway/contract";

/** A check run to make, or to change when there is one of that name on the commit: what is shown beside it, with up to three buttons. */
export interface CheckReport {
  readonly name: string;
  /** Commit that it is about. */
  readonly sha: string;
  readonly status: "queued" | "running" | "finished";
  /** How it ended; `success` unless set, once it is finished. */
  readonly outcome?: "success" | "failure" | "neutral" | "cancelled" | "skipped" | "timed_out" | "action_required";
  readonly title?: string;
  /** Markdown. */
  readonly summary?: string;
  /** Markdown. */
  readonly text?: string;
  readonly url?: string;
  /** Pressing one sends `action.invoked` with its id and value. GitHub takes three, with ids and labels of at most 20 characters. */
  readonly buttons?: readonly Button[];
  /** Id of the check run to change, the `key` of an earlier receipt. Without it the newest of this name on the commit is changed, if it is ours. */
  readonly id?: string;
}

declare module "@devflow/gateway/contract" {
  interface OperationMap {
    /** To a project: a check run on a commit, which only an App may make. The receipt's `key` is its id. */
    "check.report": { readonly check: CheckReport };
  }
}

const operations = {
  "message.post": "native",
  "message.edit": "native",
  "message.delete": "native",
  "reaction.add": "native",
  "reaction.remove": "native",
  "issue.create": "native",
  "issue.update": "native",
  "change.create": "native",
  "change.merge": "native",
  "review.submit": "native",
  "pipeline.run": "native",
  "pipeline.cancel": "native",
  "pipeline.retry": "native",
  "check.report": "native",
} as const;

/** What takes no issue or pull request. */
const inProject: Capabilities["operations"] = {
  "issue.create": "native",
  "change.create": "native",
  "pipeline.run": "native",
  "pipeline.cancel": "native",
  "pipeline.retry": "native",
  "check.report": "native",
};

/** The operations that GitHub has. */
export type GithubOperations = OperationsIn<typeof operations>;

/** Longest text of an issue, pull request, review or comment: GitHub takes 65,536, and our marker needs some of it. */
export const textLimit = 65_400;

/** Issues and pull requests, which GitHub numbers alike, and the answer when no address is given. */
const conversation: Capabilities = {
  text: { limit: textLimit, unit: "utf16", editLimit: textLimit },
  nodes: {
    paragraph: "native",
    heading: "native",
    list: "native",
    listItem: "native",
    blockquote: "native",
    code: "native",
    table: "native",
    thematicBreak: "native",
    fields: "emulated",
    actions: "emulated",
    text: "native",
    strong: "native",
    emphasis: "native",
    delete: "native",
    spoiler: "emulated",
    inlineCode: "native",
    link: "native",
    image: "native",
    break: "native",
    mention: "native",
    emoji: "native",
  },
  operations,
  attachments: {
    kinds: {
      image: "none",
      video: "none",
      audio: "none",
      voice: "none",
      file: "none",
      sticker: "none",
      location: "none",
      contact: "none",
      poll: "none",
      unsupported: "none",
    },
    maxBytes: 0,
    perMessage: 0,
    captionLimit: 0,
  },
  actions: { buttons: 0, selects: 0, options: 0, labelLimit: 0 },
  onlyFor: false,
  windows: {},
  stream: { intervalMs: 5_000 },
  idempotent: false,
};

/** A repository itself: nothing can be said there. */
const project: Capabilities = { ...conversation, operations: inProject };

/** The table for an address. */
export function capabilities(address?: Address): Capabilities {
  return address === undefined || address.thread ? conversation : project;
}

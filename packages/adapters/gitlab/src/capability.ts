import type { Address, Capabilities, OperationsIn } from "@devflow/gateway/contract";

const project = {
  "issue.create": "native",
  "change.create": "native",
  "pipeline.run": "native",
  "pipeline.cancel": "native",
  "pipeline.retry": "native",
} as const;

const talk = {
  "message.post": "native",
  "message.edit": "native",
  "message.delete": "native",
  "reaction.add": "native",
  "reaction.remove": "native",
} as const;

const ofIssues = { "issue.update": "native", "issue.link": "native" } as const;

const ofChanges = {
  "issue.update": "native",
  "change.merge": "native",
  "review.submit": "native",
} as const;

/** The operations that GitLab has. */
export type GitlabOperations = OperationsIn<typeof project & typeof talk & typeof ofIssues & typeof ofChanges>;

/** A note holds a million characters. The outbox has a mebibyte for it twice, as Markdown and as plain text, in up to three bytes each. */
const textLimit = 150_000;

const table: Capabilities = {
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
    actions: "none",
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
  operations: { ...talk, ...ofIssues, ...ofChanges, ...project },
  attachments: {
    kinds: {
      image: "native",
      video: "native",
      audio: "native",
      voice: "native",
      file: "native",
      sticker: "none",
      location: "none",
      contact: "none",
      poll: "none",
      unsupported: "none",
    },
    maxBytes: 104_857_600,
    perMessage: 10,
    captionLimit: textLimit,
  },
  actions: { buttons: 0, selects: 0, options: 0, labelLimit: 0 },
  replies: "thread",
  onlyFor: false,
  windows: {},
  // A text that grows by edits would send a webhook and a broadcast to every open page for each step.
  stream: { intervalMs: 5_000 },
  idempotent: false,
};

const tables: Readonly<Record<string, Capabilities>> = {
  "": { ...table, operations: project },
  "#": { ...table, operations: { ...talk, ...ofIssues, ...project } },
  "!": { ...table, operations: { ...talk, ...ofChanges, ...project } },
  $: { ...table, operations: { ...talk, ...project } },
  // The notes of a commit can be edited and removed by their discussion alone, which an id does not name.
  "@": { ...table, operations: { "message.post": "native", ...project } },
};

/** The table for an address: a project, an issue (`#5`), a merge request (`!5`), a snippet (`$7`), a commit (`@<sha>`). All of it without one. */
export function capabilities(address?: Address): Capabilities {
  return address === undefined ? table : (tables[(address.thread ?? "").slice(0, 1)] ?? table);
}

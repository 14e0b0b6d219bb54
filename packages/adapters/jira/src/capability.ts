import type { Address, Capabilities, OperationsIn } from "@devflow/gateway/contract";

const operations = {
  "message.post": "native",
  "message.edit": "native",
  "message.delete": "native",
  "issue.create": "native",
  "issue.update": "native",
  "issue.link": "native",
  "issue.watch": "native",
} as const;

/** The operations that Jira has. */
export type JiraOperations = OperationsIn<typeof operations>;

const cloudNodes: Capabilities["nodes"] = {
  paragraph: "native",
  heading: "native",
  list: "native",
  listItem: "native",
  blockquote: "native",
  code: "native",
  table: "native",
  thematicBreak: "native",
  fields: "native",
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
};

const serverNodes: Capabilities["nodes"] = { ...cloudNodes, emoji: "emulated" };

const cloud: Capabilities = {
  // Jira refuses more than 32,767 characters; how it counts a document is not told, so comments end below that.
  text: { limit: 30_000, unit: "utf16", editLimit: 30_000 },
  nodes: cloudNodes,
  operations,
  attachments: {
    kinds: {
      image: "native",
      video: "native",
      audio: "native",
      voice: "native",
      file: "native",
      sticker: "native",
      location: "none",
      contact: "none",
      poll: "none",
      unsupported: "none",
    },
    // Sites set their own limit; theirs is the word that counts.
    maxBytes: 1_000_000_000,
    perMessage: 10,
    captionLimit: 30_000,
  },
  actions: { buttons: 0, selects: 0, options: 0, labelLimit: 0 },
  onlyFor: false,
  windows: {},
  // Twenty writes to an issue in two seconds, a hundred in thirty: a text that grows by edits would eat them up.
  stream: { intervalMs: 5_000 },
  idempotent: false,
};

const server: Capabilities = { ...cloud, nodes: serverNodes };

/** The tables, by what an account speaks. An address without a thread is a project: issues are made there, and nothing is said. */
export function createCapabilities(isServer: (account: string | undefined) => boolean): (address?: Address) => Capabilities {
  const { "issue.create": create, ...onIssue } = operations;
  const tables = [cloud, server].map((whole) => ({
    whole,
    issue: { ...whole, operations: onIssue },
    project: { ...whole, operations: { "issue.create": create } },
  }));
  return (address) => {
    const table = tables[isServer(address?.account) ? 1 : 0];
    if (table === undefined || address === undefined) return table?.whole ?? cloud;
    return address.thread === undefined || address.thread === "" ? table.project : table.issue;
  };
}

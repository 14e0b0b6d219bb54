import type { Capabilities, NodeType, Support } from "@devflow/gateway/contract";

/** Parts of a table that a test wants otherwise; each part is laid over the full one. */
export type CapabilityChanges = {
  readonly [Part in keyof Capabilities]?: Capabilities[Part] extends object ? Partial<Capabilities[Part]> : Capabilities[Part];
};

/** The table of a platform that can do everything, with `changes` laid over it. */
export function fakeCapabilities(changes: CapabilityChanges, streams: Support, idempotent: boolean): Capabilities {
  return {
    text: { limit: 4000, unit: "utf16", editLimit: 4000, ...changes.text },
    nodes: { ...nodes, ...changes.nodes },
    operations: { ...operations(streams), ...changes.operations },
    attachments: {
      kinds: kinds,
      maxBytes: 1_048_576,
      perMessage: 10,
      captionLimit: 1000,
      ...changes.attachments,
    },
    actions: { buttons: 10, selects: 2, options: 25, labelLimit: 80, ...changes.actions },
    onlyFor: changes.onlyFor ?? true,
    windows: { ...changes.windows },
    stream: { intervalMs: 100, ...changes.stream },
    idempotent: changes.idempotent ?? idempotent,
  };
}

const nodes: Capabilities["nodes"] = {
  paragraph: "native",
  heading: "native",
  list: "native",
  listItem: "native",
  blockquote: "native",
  code: "native",
  table: "native",
  thematicBreak: "native",
  image: "native",
  text: "native",
  strong: "native",
  emphasis: "native",
  delete: "native",
  inlineCode: "native",
  link: "native",
  break: "native",
  mention: "native",
  emoji: "native",
  spoiler: "native",
  fields: "native",
  actions: "native",
} satisfies Record<NodeType, Support>;

function operations(streams: Support): Capabilities["operations"] {
  return {
    "message.post": "native",
    "message.edit": "native",
    "message.delete": "native",
    "reaction.add": "native",
    "reaction.remove": "native",
    "typing.start": "native",
    "stream.begin": streams,
    "stream.append": streams,
    "stream.end": streams,
    "form.open": "native",
  };
}

const kinds: Capabilities["attachments"]["kinds"] = {
  image: "native",
  video: "native",
  audio: "native",
  voice: "native",
  file: "native",
  sticker: "native",
  location: "native",
  contact: "native",
  poll: "native",
  unsupported: "none",
};

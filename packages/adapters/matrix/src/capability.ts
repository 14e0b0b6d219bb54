import type { Address, Capabilities, OperationsIn } from "@devflow/gateway/contract";

const operations = {
  "message.post": "native",
  "message.edit": "native",
  "message.delete": "native",
  "reaction.add": "native",
  "reaction.remove": "native",
  "typing.start": "native",
  "stream.begin": "emulated",
  "stream.append": "emulated",
  "stream.end": "emulated",
} as const;

/** The operations that Matrix has. */
export type MatrixOperations = OperationsIn<typeof operations>;

/**
 * An event has at most 65,536 bytes, and an edit says everything twice. Body and HTML of 16,000 leave room for both, and for
 * signatures, and are as long as a message can be and still be read.
 */
const textLimit = 16_000;

const shared: Capabilities = {
  text: { limit: textLimit, unit: "byte", editLimit: textLimit },
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
    spoiler: "native",
    inlineCode: "native",
    link: "native",
    image: "emulated",
    break: "native",
    mention: "native",
    emoji: "emulated",
  },
  operations,
  attachments: {
    kinds: {
      image: "native",
      video: "native",
      audio: "native",
      voice: "native",
      file: "native",
      sticker: "native",
      location: "native",
      contact: "none",
      poll: "none",
      unsupported: "none",
    },
    maxBytes: 50_000_000,
    perMessage: 1,
    captionLimit: textLimit,
  },
  actions: { buttons: 0, selects: 0, options: 0, labelLimit: 0 },
  onlyFor: false,
  windows: {},
  // Edits count as messages, and a server as installed allows one in 5 s.
  stream: { intervalMs: 5_000 },
  idempotent: true,
};

const direct: Capabilities = { ...shared, onlyFor: true };

/** The table for an address: a room that is named by its user is for that user alone. */
export function capabilities(address?: Address): Capabilities {
  return address?.room.startsWith("@") ? direct : shared;
}

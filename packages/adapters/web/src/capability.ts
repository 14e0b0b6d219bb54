import type { Capabilities, OperationsIn } from "@devflow/gateway/contract";

const operations = {
  "message.post": "native",
  "message.edit": "native",
  "message.delete": "native",
  "reaction.add": "native",
  "reaction.remove": "native",
  "typing.start": "native",
  "stream.begin": "native",
  "stream.append": "native",
  "stream.end": "native",
  "form.open": "native",
} as const;

/** The operations that the page has. */
export type WebOperations = OperationsIn<typeof operations>;

/** What the page can do: everything but polls. The text limit is what one record of the transcript holds safely. */
export const capabilities: Capabilities = {
  text: { limit: 65_536, unit: "byte", editLimit: 65_536 },
  nodes: {
    paragraph: "native",
    heading: "native",
    list: "native",
    listItem: "native",
    blockquote: "native",
    code: "native",
    table: "native",
    thematicBreak: "native",
    fields: "native",
    actions: "native",
    text: "native",
    strong: "native",
    emphasis: "native",
    delete: "native",
    spoiler: "native",
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
      image: "native",
      video: "native",
      audio: "native",
      voice: "native",
      file: "native",
      sticker: "native",
      location: "native",
      contact: "native",
      poll: "none",
      unsupported: "emulated",
    },
    maxBytes: 50 * 1024 * 1024,
    perMessage: 10,
    captionLimit: 65_536,
  },
  actions: { buttons: 25, selects: 25, options: 200, labelLimit: 200 },
  onlyFor: true,
  windows: {},
  stream: { intervalMs: 100 },
  idempotent: true,
};

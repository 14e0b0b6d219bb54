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
  "form.open": "native",
} as const;

/** The operations that Discord has. */
export type DiscordOperations = OperationsIn<typeof operations>;

/** Channels, threads and direct messages, and the answer when no address is given. */
const channel: Capabilities = {
  // Discord counts characters and does not say which; there are never more of them than of UTF-16 units.
  text: { limit: 2000, unit: "utf16", editLimit: 2000 },
  nodes: {
    paragraph: "native",
    heading: "native",
    list: "native",
    listItem: "native",
    blockquote: "native",
    code: "native",
    table: "emulated",
    thematicBreak: "emulated",
    fields: "native",
    actions: "native",
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
      location: "none",
      contact: "none",
      poll: "none",
      unsupported: "none",
    },
    maxBytes: 10 * 1024 * 1024,
    perMessage: 10,
    captionLimit: 2000,
  },
  // Five rows: three of five buttons, and two with a menu each.
  actions: { buttons: 15, selects: 2, options: 25, labelLimit: 80 },
  onlyFor: false,
  windows: {},
  stream: { intervalMs: 1_200 },
  idempotent: true,
};

/** An answer to an interaction: it may be shown to one person alone, and takes no key of ours. */
const interaction: Capabilities = { ...channel, onlyFor: true, idempotent: false };

/** The table for an address. */
export function capabilities(address?: Address): Capabilities {
  return address?.route === undefined ? channel : interaction;
}

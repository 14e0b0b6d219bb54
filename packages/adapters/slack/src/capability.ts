import type { Address, Capabilities, OperationsIn } from "@devflow/gateway/contract";

const operations = {
  "message.post": "native",
  "message.edit": "native",
  "message.delete": "native",
  "reaction.add": "native",
  "reaction.remove": "native",
  "stream.begin": "emulated",
  "stream.append": "emulated",
  "stream.end": "emulated",
  "form.open": "native",
} as const;

/** The operations that Slack has. */
export type SlackOperations = OperationsIn<typeof operations>;

/** Rooms, direct messages, and the answer when no address is given. */
const room: Capabilities = {
  // `chat.postMessage` takes 40,000 characters, `chat.update` 4,000: what is posted should remain editable.
  text: { limit: 4000, unit: "utf16", editLimit: 4000 },
  nodes: {
    paragraph: "native",
    heading: "emulated",
    list: "emulated",
    listItem: "emulated",
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
    spoiler: "emulated",
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
    maxBytes: 1_000_000_000,
    perMessage: 10,
    captionLimit: 4000,
  },
  // An actions block holds 25 elements; two blocks keep the rest of the message within the limit of 50 blocks.
  actions: { buttons: 25, selects: 10, options: 100, labelLimit: 75 },
  replies: "thread",
  onlyFor: true,
  windows: {},
  // `chat.update` is tier 3: about 50 calls a minute for a whole workspace.
  stream: { intervalMs: 1_500 },
  idempotent: false,
};

/** Threads, where `chat.startStream` works. It is not offered to org-wide installations: the reader's workspace is unknown there. */
const thread: Capabilities = {
  ...room,
  operations: { ...operations, "stream.begin": "native", "stream.append": "native", "stream.end": "native" },
  // `chat.appendStream` is tier 4: about 100 calls a minute. Slack closes a stream after some five minutes.
  stream: { intervalMs: 700, rotateMs: 240_000, recipient: true },
};

/** A thread of a direct conversation: the reader is known, so a stream names none. */
const directThread: Capabilities = { ...thread, stream: { intervalMs: 700, rotateMs: 240_000 } };

/** The table for an address. */
export function capabilities(address?: Address): Capabilities {
  if (!address?.thread || address.account.startsWith("E")) return room;
  return address.room.startsWith("D") ? directThread : thread;
}

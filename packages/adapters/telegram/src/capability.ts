import type { Address, Capabilities, OperationsIn } from "@devflow/gateway/contract";

const hourMs = 3_600_000;

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

/** The operations that Telegram has. */
export type TelegramOperations = OperationsIn<typeof operations>;

/** Groups and channels, and the answer when no address is given. */
const shared: Capabilities = {
  text: { limit: 4096, unit: "utf16", editLimit: 4096 },
  nodes: {
    paragraph: "native",
    heading: "emulated",
    list: "emulated",
    listItem: "emulated",
    blockquote: "native",
    code: "native",
    table: "emulated",
    thematicBreak: "emulated",
    fields: "emulated",
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
      contact: "native",
      poll: "none",
      unsupported: "none",
    },
    maxBytes: 50_000_000,
    perMessage: 10,
    captionLimit: 1024,
  },
  // Telegram takes about 100 buttons below a message; the options of a select are buttons too.
  actions: { buttons: 40, selects: 2, options: 25, labelLimit: 64 },
  onlyFor: false,
  windows: { deleteMs: 48 * hourMs },
  stream: { intervalMs: 4_000 },
  idempotent: false,
};

/** A person's own chat with the bot: drafts stream natively there, and everything in it is for that person alone. */
const direct: Capabilities = {
  ...shared,
  operations: { ...operations, "stream.begin": "native", "stream.append": "native", "stream.end": "native" },
  onlyFor: true,
  stream: { intervalMs: 1_000 },
};

/** A chat that the bot manages for a person, through a business connection. */
const business: Capabilities = {
  ...shared,
  operations: { ...operations, "reaction.add": "none", "reaction.remove": "none" },
  windows: { editMs: 48 * hourMs, deleteMs: 48 * hourMs },
  stream: { intervalMs: 1_500 },
};

/**
 * What kind of chat a room id names, as far as it tells: people have positive ids, groups and channels negative ones or a
 * `@name`, and a business chat is `<person>@<connection>`.
 */
export function roomKind(room: string): "private" | "business" | "shared" {
  if (/^.+@/.test(room)) return "business";
  return /^[1-9]\d*$/.test(room) ? "private" : "shared";
}

/** The table for an address. The sign of a chat's id says whether it is a person's. */
export function capabilities(address?: Address): Capabilities {
  if (!address) return shared;
  const kind = roomKind(address.room);
  return kind === "private" ? direct : kind === "business" ? business : shared;
}

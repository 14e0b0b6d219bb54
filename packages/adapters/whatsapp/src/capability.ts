import type { Address, Capabilities, OperationsIn } from "@devflow/gateway/contract";

const hourMs = 3_600_000;

const operations = {
  "message.post": "native",
  "reaction.add": "native",
  "reaction.remove": "native",
  "typing.start": "native",
} as const;

/** The operations that WhatsApp has. */
export type WhatsAppOperations = OperationsIn<typeof operations>;

/** Longest text of one message, and of the one above buttons. Source: Cloud API, text and interactive messages. */
export const textLimit = 4096;
export const bodyLimit = 1024;

/** A person, and the answer when no address is given. */
const direct: Capabilities = {
  text: { limit: textLimit, unit: "utf16", editLimit: textLimit },
  nodes: {
    paragraph: "native",
    heading: "emulated",
    list: "native",
    listItem: "native",
    blockquote: "native",
    code: "native",
    // Kept from the core, which would make each a fixed-width block: a wide one reads better as lines here.
    table: "native",
    thematicBreak: "emulated",
    fields: "emulated",
    actions: "native",
    text: "native",
    strong: "native",
    emphasis: "native",
    delete: "native",
    spoiler: "emulated",
    inlineCode: "native",
    link: "emulated",
    image: "emulated",
    break: "native",
    mention: "emulated",
    emoji: "emulated",
  },
  operations,
  attachments: {
    kinds: {
      image: "native",
      video: "native",
      audio: "native",
      voice: "emulated",
      file: "native",
      sticker: "native",
      location: "native",
      contact: "native",
      poll: "none",
      unsupported: "none",
    },
    maxBytes: 100_000_000,
    perMessage: 1,
    captionLimit: 1024,
  },
  actions: { buttons: 3, selects: 1, options: 10, labelLimit: 20 },
  onlyFor: true,
  windows: { replyMs: 24 * hourMs },
  // Nothing can be changed, so the core says a streamed text once, when it is whole.
  stream: { intervalMs: 1_000 },
  idempotent: false,
};

/** Groups take text, media and templates, and refuse buttons and lists (error 130501). */
const group: Capabilities = {
  ...direct,
  nodes: { ...direct.nodes, actions: "emulated" },
  actions: { buttons: 0, selects: 0, options: 0, labelLimit: 0 },
  onlyFor: false,
};

/**
 * What a room is: a person by phone number, a person by business-scoped id (`US.1349…`, since 2026 the one that every message
 * has), or a group.
 */
export function roomKind(room: string): "phone" | "scoped" | "group" {
  if (/^\d{1,20}$/.test(room)) return "phone";
  return /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(room) ? "scoped" : "group";
}

/** The table for an address. The form of a room's id says whether it is a person's. */
export function capabilities(address?: Address): Capabilities {
  return address && roomKind(address.room) === "group" ? group : direct;
}

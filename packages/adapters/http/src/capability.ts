import type { Capabilities, Event } from "@devflow/gateway/contract";

declare module "@devflow/gateway/contract" {
  interface OperationMap {
    /** Tells an endpoint of an event, as a CloudEvent. To an address of an HTTP adapter, whose account is the endpoint's name. */
    "event.post": { readonly event: Event };
  }
}

/** The operations that an endpoint has. */
export type HttpOperations = "message.post" | "event.post";

/** An endpoint takes events, and texts as Markdown. What it makes of them is its own affair. */
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
    mention: "emulated",
    emoji: "emulated",
  },
  operations: { "message.post": "native", "event.post": "native" } satisfies Record<HttpOperations, "native">,
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
  stream: { intervalMs: 1_000 },
  idempotent: true,
};

/** Where the bytes of an attachment are. Always data, so an attachment survives queues and restarts. */
export type AttachmentSource =
  /** Anyone can fetch it. */
  | { readonly type: "url"; readonly url: string }
  /** In the gateway's store, under this key. */
  | { readonly type: "stored"; readonly key: string }
  /** On the platform; the adapter's `files` role opens it with the account's credentials. `handle` is the adapter's own data. */
  | { readonly type: "remote"; readonly handle: string };

/** A file or other object beside the text of a message. */
export interface Attachment {
  /** `unsupported` marks what the adapter received and cannot name; it is shown, never dropped. */
  readonly kind: "image" | "video" | "audio" | "voice" | "file" | "sticker" | "location" | "contact" | "poll" | "unsupported";
  /** Absent for objects without bytes, such as a location. */
  readonly source?: AttachmentSource;
  readonly name?: string;
  readonly mediaType?: string;
  readonly bytes?: number;
  /** Text for those who cannot see it. */
  readonly alt?: string;
  readonly location?: { readonly latitude: number; readonly longitude: number; readonly title?: string };
  readonly contact?: { readonly name: string; readonly phone?: string };
}

/** What a handler may attach: an attachment it received or made, or bytes, which the gateway stores until they are sent. */
export type AttachmentInput =
  | Attachment
  | { readonly name: string; readonly data: Uint8Array | string; readonly mediaType?: string; readonly alt?: string };

import type { Attachment, Content, Form, FormValue } from "@devflow/gateway/contract";

/** The one account of this platform. */
export const account = "site";

/** A file or other object, as pages see it. `file` is an id below `<path>/files/`. */
export interface WebFile {
  readonly kind: Attachment["kind"];
  readonly file?: string;
  readonly url?: string;
  readonly name?: string;
  readonly mediaType?: string;
  readonly bytes?: number;
  readonly alt?: string;
  readonly location?: Attachment["location"];
  readonly contact?: Attachment["contact"];
}

/** What one line of a room's transcript says. */
export type WebEntry =
  /** What a person wrote: plain text, as typed. */
  | {
      readonly kind: "message";
      readonly id: string;
      readonly from: "person";
      readonly text: string;
      readonly files: readonly WebFile[];
      readonly replyTo?: string;
    }
  /** What the gateway said. Its id is `b` and the number of the record. `streaming`: the rest follows. */
  | {
      readonly kind: "message";
      readonly from: "bot";
      readonly content: Content;
      readonly files: readonly WebFile[];
      readonly replyTo?: string;
      readonly streaming?: boolean;
    }
  | {
      readonly kind: "edit";
      readonly id: string;
      readonly content: Content;
      readonly files?: readonly WebFile[];
      readonly final?: boolean;
    }
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "reaction"; readonly id: string; readonly emoji: string; readonly on: boolean }
  | { readonly kind: "form"; readonly form: Form; readonly trigger: string }
  /** The form of record `of` was accepted, with the input `by`. */
  | { readonly kind: "form.done"; readonly of: number; readonly by: string }
  /** Something that was deleted since. */
  | { readonly kind: "gone" };

/** An entry in its place: `n` counts up by one within the room. */
export type WebRecord = WebEntry & { readonly n: number; readonly at: number };

/** What open pages see and no transcript keeps. */
export type WebLive = { readonly kind: "typing" } | { readonly kind: "stream"; readonly id: string; readonly content: Content };

interface Input {
  readonly room: string;
  /** Made by the page, so that a repeated request is the same input. */
  readonly id: string;
  readonly at: number;
}

/** What a page sent, proven and checked: the payload of a delivery. `via` of the delivery is its `kind`. */
export type WebInput =
  | (Input & {
      readonly kind: "message";
      readonly text: string;
      readonly attachments: readonly Attachment[];
      readonly replyTo?: string;
    })
  /** A room was opened: somebody sees the page for the first time. */
  | (Input & { readonly kind: "join" })
  | (Input & {
      readonly kind: "action";
      readonly action: string;
      readonly value?: string;
      readonly values?: readonly string[];
      readonly messageId: string;
    })
  | (Input & {
      readonly kind: "form";
      readonly form: string;
      readonly values: Readonly<Record<string, FormValue>>;
      readonly state?: string;
    })
  | (Input & { readonly kind: "options"; readonly field: string; readonly query: string; readonly form?: string });

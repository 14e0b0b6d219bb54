import type { AdapterContext, Attachment } from "@devflow/gateway/contract";
import type { WebSettings } from "../options.ts";
import type { WebRecord } from "../wire.ts";
import { createHub, type Hub } from "./hub.ts";
import { createShelf, type Shelf } from "./shelf.ts";
import { createTranscript, type Transcript } from "./transcript.ts";

export { fold, type Shown } from "./fold.ts";
export type { Hub } from "./hub.ts";
export { fileOf, kindOf, type Shelf, type ShelfItem } from "./shelf.ts";
export { pageSize, subjectOf, type Transcript } from "./transcript.ts";

/** The parts behind the page, shared by those who write and those who show. */
export interface Backstage {
  readonly hub: Hub;
  readonly transcript: Transcript;
  readonly shelf: Shelf;
}

/** Rooms of the page, for programs: `gateway.adapter("web").client(account)`. */
export interface WebClient {
  /** Everything kept of a room, oldest first. */
  records(room: string): Promise<readonly WebRecord[]>;
  /** Removes a room's transcript and its list of files. Their bytes go when `keepMs` is over. */
  forget(room: string): Promise<void>;
  /** The bytes of a file that a person sent; undefined once they are no longer kept. */
  open(attachment: Attachment): Promise<Uint8Array | undefined>;
}

/** One per adapter: open pages belong to a process, everything else lies in the store. */
export function createBackstage(settings: WebSettings): Backstage {
  const hub = createHub();
  return { hub, transcript: createTranscript(settings, hub.wake), shelf: createShelf(settings) };
}

/** The {@link WebClient} of one call. */
export function createClient({ transcript }: Backstage, context: AdapterContext): WebClient {
  return {
    records: (room) => transcript.all(room, context),
    forget: (room) => transcript.forget(room, context),
    open: async ({ source }) => (source?.type === "stored" ? context.blobs.get(source.key) : undefined),
  };
}

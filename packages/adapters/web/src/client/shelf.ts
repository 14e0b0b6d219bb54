import type { AdapterContext, Attachment } from "@devflow/gateway/contract";
import type { WebSettings } from "../options.ts";
import type { WebFile } from "../wire.ts";

/** A file that pages of one room may fetch. */
export interface ShelfItem {
  /** Key of its bytes among the blobs. */
  readonly key: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
}

/** Files of each room. A room's files are found by that room's session alone. */
export interface Shelf {
  put(
    room: string,
    id: string,
    item: Omit<ShelfItem, "key" | "bytes">,
    data: Uint8Array,
    context: AdapterContext,
  ): Promise<ShelfItem>;
  get(room: string, id: string, context: AdapterContext): Promise<ShelfItem | undefined>;
}

/** The shelf in the adapter's memory and blobs. A second `put` of the same id keeps the first bytes. */
export function createShelf(settings: WebSettings): Shelf {
  const get: Shelf["get"] = async (room, id, { memory }) => (await memory.get<ShelfItem>(`file/${room}/${id}`))?.value;
  return {
    get,
    async put(room, id, item, data, context) {
      const there = await get(room, id, context);
      if (there !== undefined) return there;
      const key = await context.blobs.put(data, { ttlMs: settings.keepMs });
      const kept: ShelfItem = { ...item, key, bytes: data.byteLength };
      await context.memory.set(`file/${room}/${id}`, kept, { ttlMs: settings.keepMs });
      return kept;
    },
  };
}

/** Kind of an attachment by its media type. */
export function kindOf(mediaType: string): Attachment["kind"] {
  const [family] = mediaType.split("/");
  return family === "image" || family === "video" || family === "audio" ? family : "file";
}

/** How pages see a file on the shelf. */
export function fileOf(id: string, { name, mediaType, bytes }: ShelfItem, attachment?: Attachment): WebFile {
  const { kind = kindOf(mediaType), alt } = attachment ?? {};
  return { kind, file: id, name, mediaType, bytes, ...(alt === undefined ? {} : { alt }) };
}

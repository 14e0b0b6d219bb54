import { hash, randomBytes } from "node:crypto";
import { fileOf } from "../client/index.ts";
import { refusal } from "../errors.ts";
import type { WebFile } from "../wire.ts";
import { readBytes } from "./body.ts";
import type { Ask } from "./inputs.ts";

/** Types that a browser may show inside our origin. Everything else, SVG and HTML above all, is a download. */
const shown = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "audio/mpeg",
  "audio/ogg",
  "audio/wav",
  "audio/webm",
  "audio/mp4",
  "video/mp4",
  "video/webm",
]);

/** Keeps an uploaded file for the room; the page names it in its next message. The same `id` again is the same file. */
export async function upload({ request, room, backstage, context }: Ask, maxBytes: number): Promise<WebFile> {
  const query = new URL(request.url).searchParams;
  const id = /^[A-Za-z0-9_-]{16,64}$/.test(query.get("id") ?? "")
    ? hash("sha256", `${room}/${query.get("id")}`)
    : randomBytes(32).toString("hex");
  const data = await readBytes(request, maxBytes);
  if (data.byteLength === 0) throw refusal("wire.malformed", "the file is empty.");
  const mediaType = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const item = {
    name: nameOf(query.get("name") ?? ""),
    mediaType: /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(mediaType) && mediaType.length < 100 ? mediaType : "application/octet-stream",
  };
  return fileOf(id.slice(0, 32), await backstage.shelf.put(room, id.slice(0, 32), item, data, context));
}

/** The bytes of a file of the room. */
export async function download({ room, backstage, context }: Ask, id: string): Promise<Response> {
  const item = /^[0-9a-f]{32}$/.test(id) ? await backstage.shelf.get(room, id, context) : undefined;
  const data = item === undefined ? undefined : await context.blobs.get(item.key);
  if (item === undefined || data === undefined) throw refusal("page.missing", "there is no such file.");
  const inline = shown.has(item.mediaType);
  return new Response(data as Uint8Array<ArrayBuffer>, {
    headers: {
      "content-type": inline ? item.mediaType : "application/octet-stream",
      "content-disposition": `${inline ? "inline" : "attachment"}; filename*=UTF-8''${encodeURIComponent(item.name.toWellFormed()).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
      "content-security-policy": "default-src 'none'; sandbox",
    },
  });
}

/** A name that is safe to show and to save: no folders, no control or direction characters. */
function nameOf(value: string): string {
  const name = value
    .normalize("NFC")
    .replace(/^.*[/\\]/s, "")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}"<>|:*?]/gu, "")
    .trim();
  return Array.from(name).slice(0, 120).join("") || "file";
}

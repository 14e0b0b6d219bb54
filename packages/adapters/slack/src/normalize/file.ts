import type { Attachment } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { number, text, writeHandle } from "../wire/index.ts";

/** Files of a message. Those that Slack hides or has deleted are shown as unsupported, never left out. */
export function readFile(file: JsonObject): Attachment {
  const { name, mimetype, size, mode } = file;
  const gone = mode === "tombstone" || mode === "hidden_by_limit";
  const bytes = number(size);
  const alt = text(file["alt_txt"]);
  return {
    kind: gone ? "unsupported" : kindOf(file),
    ...sourceOf(file, gone),
    ...((text(name) ?? text(file["title"])) ? { name: text(name) ?? text(file["title"]) ?? "" } : {}),
    ...(text(mimetype) === undefined ? {} : { mediaType: String(mimetype) }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(alt === undefined ? {} : { alt }),
  };
}

/** A file in Slack Connect may be a stub without an address: its id is enough to ask for it. */
function sourceOf(file: JsonObject, gone: boolean): Pick<Attachment, "source"> {
  const id = text(file["id"]);
  const url = text(file["url_private_download"]) ?? text(file["url_private"]);
  if (gone) return {};
  if (file["mode"] === "external" && url !== undefined) return { source: { type: "url", url } };
  if (id === undefined) return {};
  return { source: { type: "remote", handle: writeHandle(id, url) } };
}

function kindOf(file: JsonObject): Attachment["kind"] {
  if (file["subtype"] === "slack_audio") return "voice";
  const [family] = (text(file["mimetype"]) ?? "").split("/");
  return family === "image" || family === "video" || family === "audio" ? family : "file";
}

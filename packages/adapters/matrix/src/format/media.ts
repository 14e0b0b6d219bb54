import type { Attachment } from "@devflow/gateway/contract";
import { GatewayError, safeUrl, type JsonObject } from "@devflow/gateway/kit";
import { readHandle } from "../wire/handle.ts";
import { present, type MatrixStep } from "../wire/index.ts";
import { textFields } from "./content.ts";

const types = {
  image: "m.image",
  sticker: "m.image",
  video: "m.video",
  audio: "m.audio",
  voice: "m.audio",
  file: "m.file",
} as const;

/** An attachment as a message, without a caption. An address on the web is sent as a link: nothing is fetched for it. */
export function mediaStep(attachment: Attachment): MatrixStep {
  const { kind, source, location } = attachment;
  if (kind === "location") {
    if (!location) throw rejected("a location without coordinates cannot be sent");
    const { latitude, longitude, title } = location;
    const at = `geo:${latitude},${longitude}`;
    return message({ msgtype: "m.location", body: title ? `${title} (${at})` : at, geo_uri: at });
  }
  const msgtype = kind in types ? types[kind as keyof typeof types] : undefined;
  if (msgtype === undefined || !source) throw rejected(`an attachment of kind ${kind} cannot be sent`);
  const name = attachment.name || nameOf(attachment);
  if (source.type === "url") {
    const url = safeUrl(source.url, ["https", "http"]);
    if (url === undefined) throw rejected("an attachment's address must be https or http");
    const label = { type: "text", value: name } as const;
    return message({
      msgtype: "m.text",
      ...textFields([{ type: "paragraph", children: [{ type: "link", url, children: [label] }] }]),
    });
  }
  const mediaType = attachment.mediaType ?? "application/octet-stream";
  const info = present({ mimetype: mediaType, size: attachment.bytes });
  const content = { msgtype, body: name, filename: name, info };
  if (source.type === "stored") return { ...message(content), upload: { stored: source.key, name, mediaType } };
  const url = readHandle(source.handle);
  if (url === undefined) throw rejected("the file is on another platform. Open it with `files` and attach its bytes");
  return message({ ...content, url });
}

/** True when the message of an attachment can carry a text. */
export function takesCaption({ content }: MatrixStep): boolean {
  return typeof content.filename === "string";
}

function message(content: JsonObject): MatrixStep {
  return { type: "m.room.message", content };
}

function nameOf({ kind, mediaType }: Attachment): string {
  const extension = /^[a-z]+\/([a-z0-9]{1,8})$/.exec(mediaType ?? "")?.[1];
  return extension === undefined ? kind : `${kind}.${extension}`;
}

function rejected(what: string): GatewayError {
  return new GatewayError("content.rejected", `matrix: ${what}.`, { platform: "matrix" });
}

import type { Attachment } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { present, readHandle, type Upload, type WhatsAppCall } from "../wire/index.ts";

type MediaType = "image" | "video" | "audio" | "document" | "sticker";

/** What Meta takes as what, and how much of it. Source: Cloud API, supported media types. */
const accepted: Readonly<Record<Exclude<MediaType, "document">, { readonly types: RegExp; readonly bytes: number }>> = {
  image: { types: /^image\/(?:jpeg|jpg|png)$/, bytes: 5_000_000 },
  video: { types: /^video\/(?:mp4|3gpp)$/, bytes: 16_000_000 },
  audio: { types: /^audio\/(?:aac|amr|mpeg|mp4|ogg)(?:;|$)/, bytes: 16_000_000 },
  sticker: { types: /^image\/webp$/, bytes: 500_000 },
};

/** The request that sends an attachment. `captioned`: text can stand beside it. Throws `content.rejected` for what WhatsApp lacks. */
export function mediaCall(
  attachment: Attachment,
  account: string,
): { readonly call: WhatsAppCall; readonly field?: "image" | "video" | "document" } {
  if (attachment.kind === "location") return { call: place(attachment) };
  if (attachment.kind === "contact") return { call: person(attachment) };
  const type = typeOf(attachment);
  const call = { type, [type]: fileOf(attachment, type, account) };
  return type === "audio" || type === "sticker" ? { call } : { call, field: type };
}

function place({ location }: Attachment): WhatsAppCall {
  if (!location) throw rejected("a location without coordinates cannot be sent");
  const { latitude, longitude, title } = location;
  return { type: "location", location: present({ latitude, longitude, name: title }) };
}

function person({ contact, name }: Attachment): WhatsAppCall {
  const called = contact?.name || name || contact?.phone;
  if (!called) throw rejected("a contact without a name cannot be sent");
  const phones = contact?.phone ? { phones: [{ phone: contact.phone }] } : {};
  return { type: "contacts", contacts: [{ name: { formatted_name: called, first_name: called }, ...phones }] };
}

function fileOf(attachment: Attachment, type: MediaType, account: string): Readonly<Record<string, unknown>> {
  const { source, name, mediaType, kind } = attachment;
  if (kind === "poll" || kind === "unsupported" || !source) throw rejected(`an attachment of kind ${kind} cannot be sent`);
  const named = type === "document" && name ? { filename: name } : {};
  if (source.type === "url") {
    if (!/^https?:\/\//i.test(source.url))
      throw rejected("Meta fetches files from web addresses alone; attach the bytes instead");
    return { link: source.url, ...named };
  }
  if (source.type === "stored") return { id: present({ stored: source.key, name, mediaType } satisfies Upload), ...named };
  const handle = readHandle(source.handle);
  if (handle?.account !== account) {
    throw rejected("the file is on another platform, or belongs to another number. Open it with `files` and attach its bytes");
  }
  return { id: present({ media: handle.media, name, mediaType } satisfies Upload), ...named };
}

/** What does not have the type or size of its kind goes as a document, which may be anything. */
function typeOf({ kind, mediaType, bytes = 0 }: Attachment): MediaType {
  const wanted = kind === "voice" ? "audio" : kind;
  if (wanted !== "image" && wanted !== "video" && wanted !== "audio" && wanted !== "sticker") return "document";
  const { types, bytes: most } = accepted[wanted];
  return bytes <= most && (mediaType === undefined || types.test(mediaType)) ? wanted : "document";
}

function rejected(what: string): GatewayError {
  return new GatewayError("content.rejected", `whatsapp: ${what}.`, { platform: "whatsapp" });
}

import type { Attachment } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { readHandle, type FileKind, type TelegramCall, type Upload } from "../wire/index.ts";
import { renderHtml } from "./html.ts";

/** Photos above this are sent as files: Telegram refuses them otherwise. Source: Bot API, "Sending files". */
const photoLimitBytes = 10_000_000;
/** Sizes of an album. Source: sendMediaGroup. */
const albumLimit = 10;

/** A file as a request names it: an id or an address, or bytes that the sender uploads. */
type Source = string | Upload;
interface File {
  readonly kind: FileKind;
  readonly source: Source;
}

/** Calls that send the attachments, in order. `captioned`: the first of them can carry the text. */
export interface MediaCalls {
  readonly calls: readonly TelegramCall[];
  readonly captioned: boolean;
}

const methods: Readonly<Record<FileKind, string>> = {
  photo: "sendPhoto",
  video: "sendVideo",
  animation: "sendAnimation",
  document: "sendDocument",
  audio: "sendAudio",
  voice: "sendVoice",
  video_note: "sendVideoNote",
  sticker: "sendSticker",
};

/** Kinds that may share an album. */
const albums: Partial<Record<FileKind, string>> = { photo: "visual", video: "visual", document: "document", audio: "audio" };
const captionless: ReadonlySet<FileKind> = new Set<FileKind>(["video_note", "sticker"]);

/** Fields that put a caption on a call of {@link mediaCalls}. */
export function withCaption(call: TelegramCall, caption: Readonly<Record<string, unknown>>): TelegramCall {
  const { media } = call.params;
  if (!Array.isArray(media)) return { ...call, params: { ...call.params, ...caption } };
  const [first, ...rest] = media as readonly Readonly<Record<string, unknown>>[];
  return { ...call, params: { ...call.params, media: [{ ...first, ...caption }, ...rest] } };
}

/** Sends neighbours of one kind as an album, everything else by itself. Throws `content.rejected` for what Telegram lacks. */
export function mediaCalls(attachments: readonly Attachment[], account: string): MediaCalls {
  const calls: TelegramCall[] = [];
  let captioned = false;
  let run: File[] = [];
  const flush = (): void => {
    const [first] = run;
    if (!first) return;
    if (calls.length === 0) captioned = !captionless.has(first.kind);
    calls.push(run.length === 1 ? single(first) : album(run));
    run = [];
  };
  for (const attachment of attachments) {
    if (attachment.kind === "location" || attachment.kind === "contact") {
      flush();
      calls.push(attachment.kind === "location" ? place(attachment) : person(attachment));
      continue;
    }
    const file = fileOf(attachment, account);
    const together = run[0] && albums[run[0].kind] !== undefined && albums[run[0].kind] === albums[file.kind];
    if (!together || run.length === albumLimit) flush();
    run.push(file);
  }
  flush();
  return { calls, captioned };
}

/** The attachment as the new media of a message that is edited. */
export function inputMedia(attachment: Attachment, account: string): Readonly<Record<string, unknown>> {
  const file = fileOf(attachment, account);
  const kind = file.kind === "voice" ? "audio" : file.kind;
  if (captionless.has(kind)) throw rejected(`a ${attachment.kind} cannot replace the media of a message`);
  return { type: kind, media: file.source };
}

function single({ kind, source }: File): TelegramCall {
  return { method: methods[kind], params: { [kind]: source } };
}

function album(files: readonly File[]): TelegramCall {
  return { method: "sendMediaGroup", params: { media: files.map(({ kind, source }) => ({ type: kind, media: source })) } };
}

function place({ location }: Attachment): TelegramCall {
  if (!location) throw rejected("a location without coordinates cannot be sent");
  const { latitude, longitude, title } = location;
  if (title === undefined || title === "") return { method: "sendLocation", params: { latitude, longitude } };
  return { method: "sendVenue", params: { latitude, longitude, title, address: title } };
}

function person({ contact, name }: Attachment): TelegramCall {
  const called = contact?.name || name;
  if (!called) throw rejected("a contact without a name cannot be sent");
  if (contact?.phone) return { method: "sendContact", params: { phone_number: contact.phone, first_name: called } };
  const text = renderHtml([{ type: "paragraph", children: [{ type: "text", value: called }] }]);
  return { method: "sendMessage", params: { text, parse_mode: "HTML" } };
}

function fileOf(attachment: Attachment, account: string): File {
  const { source, kind } = attachment;
  if (kind === "poll" || kind === "unsupported" || !source) throw rejected(`an attachment of kind ${kind} cannot be sent`);
  if (source.type === "remote") {
    const handle = readHandle(source.handle);
    if (handle?.account !== account) {
      throw rejected("the file is on another platform, or belongs to another bot. Open it with `files` and attach its bytes");
    }
    return { kind: handle.kind, source: handle.fileId };
  }
  const file = kindOf(attachment);
  if (source.type === "url") return { kind: file, source: source.url };
  const { name, mediaType } = attachment;
  return {
    kind: file,
    source: { stored: source.key, ...(name === undefined ? {} : { name }), ...(mediaType === undefined ? {} : { mediaType }) },
  };
}

function kindOf({ kind, mediaType, bytes }: Attachment): FileKind {
  switch (kind) {
    case "image":
      if (mediaType === "image/gif") return "animation";
      if (mediaType !== undefined && !/^image\/(jpeg|jpg|png|webp)$/.test(mediaType)) return "document";
      return (bytes ?? 0) > photoLimitBytes ? "document" : "photo";
    case "video":
      return "video";
    case "audio":
      return "audio";
    case "voice":
      return "voice";
    case "sticker":
      return "sticker";
    default:
      return "document";
  }
}

function rejected(what: string): GatewayError {
  return new GatewayError("content.rejected", `telegram: ${what}.`, { platform: "telegram" });
}

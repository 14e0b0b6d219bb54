import type { Attachment } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { writeHandle } from "../wire/handle.ts";
import { number, object, objects, present, readMxc, string } from "../wire/index.ts";

const kinds: Readonly<Record<string, Attachment["kind"]>> = {
  "m.image": "image",
  "m.video": "video",
  "m.audio": "audio",
  "m.file": "file",
  "m.sticker": "sticker",
};

/** What a message is besides its text, and the text that it has then. */
export interface Media {
  readonly attachments: readonly Attachment[];
  /** Whether `body` is something that was said, and not the name of the file. */
  readonly said: boolean;
}

/** Reads the parts of a message that are no text. `type` is the message's `msgtype`, or the type of the event. */
export function mediaOf(type: string, content: JsonObject): Media {
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (kind !== undefined) return { attachments: [fileOf(kind, content)], said: isCaption(content) };
  if (type === "m.location") return { attachments: [locationOf(content)], said: false };
  if (type.includes("poll.start")) return { attachments: [pollOf(type, content)], said: false };
  if (type === "m.text" || type === "m.notice" || type === "m.emote") return { attachments: [], said: true };
  return { attachments: [{ kind: "unsupported", name: type === "" ? "message" : type.slice(0, 100) }], said: true };
}

/** A body beside a file name of its own is a caption; alone, it is the file's name. */
function isCaption({ body, filename }: JsonObject): boolean {
  return typeof filename === "string" && typeof body === "string" && filename !== body;
}

function fileOf(kind: Attachment["kind"], content: JsonObject): Attachment {
  const info = object(content.info);
  const name = string(content.filename) ?? string(content.body);
  const url = readMxc(content.url) && string(content.url);
  const voice = kind === "audio" && "org.matrix.msc3245.voice" in content;
  return present({
    kind: voice ? "voice" : kind,
    // A file of an encrypted room is ciphertext, and without a key of ours it is nothing.
    source: url === undefined ? undefined : ({ type: "remote", handle: writeHandle(url) } as const),
    name,
    mediaType: string(info.mimetype),
    bytes: number(info.size),
    alt: kind === "sticker" ? string(content.body) : undefined,
  } satisfies { [K in keyof Attachment]: Attachment[K] | undefined } as Attachment);
}

function locationOf(content: JsonObject): Attachment {
  const [, latitude, longitude] =
    /^geo:(-?\d{1,3}(?:\.\d{1,20})?),(-?\d{1,3}(?:\.\d{1,20})?)/.exec(string(content.geo_uri) ?? "") ?? [];
  const title = string(content.body);
  if (latitude === undefined || longitude === undefined) return present({ kind: "unsupported", name: "location", alt: title });
  return {
    kind: "location",
    location: { latitude: Number(latitude), longitude: Number(longitude), ...(title === undefined ? {} : { title }) },
  };
}

function pollOf(type: string, content: JsonObject): Attachment {
  const poll = object(content[type === "m.poll.start" ? "m.poll" : "org.matrix.msc3381.poll.start"]);
  const answers = objects(poll.answers).map(textIn);
  const name = textIn(object(poll.question));
  return { kind: "poll", ...(name === "" ? {} : { name }), ...(answers.length === 0 ? {} : { alt: answers.join("\n") }) };
}

/** Text in its old and new spellings: a string, or a list of forms. */
function textIn(holder: JsonObject): string {
  const [first] = objects(holder["m.text"]);
  return (
    string(first?.body) ?? string(holder["org.matrix.msc1767.text"]) ?? string(holder["m.text"]) ?? string(holder.body) ?? ""
  );
}

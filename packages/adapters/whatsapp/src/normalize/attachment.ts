import type { Attachment } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, number, object, objects, present, text, writeHandle } from "../wire/index.ts";

/** Everything beside the text of a message, by its type. */
export function attachmentsOf(message: JsonObject, account: string): readonly Attachment[] {
  const type = text(message.type) ?? "";
  const body = object(message[type]);
  switch (type) {
    case "image":
    case "video":
    case "sticker":
      return [fileOf(type, body, account)];
    case "audio":
      return [fileOf(body.voice === true ? "voice" : "audio", body, account)];
    case "document":
      return [fileOf("file", body, account)];
    case "location":
      return [placeOf(body)];
    case "contacts":
      return objects(message.contacts).map(personOf);
    case "unsupported":
      return [unsupported(object(objects(message.errors)[0]))];
    default:
      return [];
  }
}

/** Without an id it is still shown. */
function fileOf(kind: Attachment["kind"], file: JsonObject, account: string): Attachment {
  const media = id(file.id);
  const handle = media !== undefined && /^[\w-]+$/.test(media) ? writeHandle({ account, media }) : undefined;
  return present({
    kind,
    source: handle === undefined ? undefined : ({ type: "remote", handle } as const),
    name: text(file.filename),
    mediaType: text(file.mime_type),
  });
}

function placeOf({ latitude, longitude, name, address }: JsonObject): Attachment {
  const [north, east] = [number(latitude), number(longitude)];
  if (north === undefined || east === undefined) return { kind: "unsupported", name: "location" };
  return {
    kind: "location",
    location: present({ latitude: north, longitude: east, title: text(name) ?? text(address) }),
  };
}

function personOf(card: JsonObject): Attachment {
  const { formatted_name, first_name, last_name } = object(card.name);
  const parts = [text(first_name), text(last_name)].filter((part) => part !== undefined);
  const [phone] = objects(card.phones);
  return {
    kind: "contact",
    contact: present({
      name: text(formatted_name) ?? parts.join(" "),
      phone: text(phone?.phone) ?? id(phone?.wa_id),
    }),
  };
}

/** Meta delivers polls, view-once media and others as their absence. */
function unsupported({ title, message }: JsonObject): Attachment {
  return present({ kind: "unsupported", name: "unsupported", alt: text(title) ?? text(message) });
}

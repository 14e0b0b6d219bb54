import type { AdapterContext, Archive, Attachment, Message, User } from "@devflow/gateway/contract";
import { plainText } from "@devflow/gateway/kit";
import { fold, type Backstage, type Shelf, type Shown } from "./client/index.ts";
import { contentOf } from "./normalize.ts";
import { isRoom } from "./verify.ts";

/** Reads a room's transcript as messages: edits laid over what they edit, deleted ones left out. */
export function createArchive({ transcript, shelf }: Backstage, self: User): Archive {
  return {
    async history(address, { limit, before }, context) {
      if (!isRoom(address.room)) return [];
      const seen = fold(await transcript.all(address.room, context));
      const ids = [...seen.keys()];
      const end = before === undefined ? ids.length : ids.indexOf(before);
      const wanted = [...seen.values()].slice(Math.max(0, end - limit), Math.max(0, end));
      return Promise.all(wanted.map((shown) => message(shown, address.room, self, shelf, context)));
    },
  };
}

async function message(shown: Shown, room: string, self: User, shelf: Shelf, context: AdapterContext): Promise<Message> {
  const { id, from, text = "", at, editedAt, replyTo } = shown;
  const content = shown.content ?? contentOf(text);
  const attachments = shown.files.map(async ({ file, url, ...rest }): Promise<Attachment> => {
    if (url !== undefined) return { ...rest, source: { type: "url", url } };
    const item = file === undefined ? undefined : await shelf.get(room, file, context);
    return item === undefined ? rest : { ...rest, source: { type: "stored", key: item.key } };
  });
  return {
    id,
    author: from === "bot" ? self : { id: room, kind: "person", self: false },
    text: from === "person" ? text : plainText(content),
    content,
    attachments: await Promise.all(attachments),
    addressed: from === "person",
    sentAt: at,
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(replyTo === undefined ? {} : { replyTo: { id: replyTo } }),
  };
}

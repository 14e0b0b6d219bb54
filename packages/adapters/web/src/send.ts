import { hash } from "node:crypto";
import type { AdapterContext, Attachment, Content, Form, Outgoing, Sender } from "@devflow/gateway/contract";
import { GatewayError, type ErrorCode } from "@devflow/gateway/kit";
import { fileOf, subjectOf, type Backstage } from "./client/index.ts";
import { isRoom } from "./verify.ts";
import type { WebFile } from "./wire.ts";

/** Writes operations into the transcript. A repeated `send` of the same key writes once. */
export function createSender(backstage: Backstage): Sender {
  return {
    async send(outgoing, context) {
      const { room } = outgoing.to;
      const onlyFor = outgoing.body["onlyFor"];
      if (!isRoom(room)) throw problem("target.gone", "the page has no such room", outgoing);
      if (onlyFor !== undefined && onlyFor !== room) {
        throw problem("operation.rejected", "only the person of the room reads it, and `onlyFor` names another", outgoing);
      }
      const messageId = await perform(outgoing, room, backstage, context);
      return { at: context.clock.now(), ...(messageId === undefined ? {} : { messageId }) };
    },
  };
}

/** Resolves to the id of the message made or changed, if there is one. */
async function perform(
  outgoing: Outgoing,
  room: string,
  backstage: Backstage,
  context: AdapterContext,
): Promise<string | undefined> {
  const { hub, transcript } = backstage;
  const { kind, key, body } = outgoing;
  // Our own formatter wrote the body: what is read here is what it put there.
  const content = (body["content"] ?? []) as Content;

  switch (kind) {
    case "message.post":
    case "stream.begin": {
      const files = await keepFiles(outgoing, room, backstage, context);
      const streaming = kind === "stream.begin" ? { streaming: true } : {};
      const entry = { ...body, kind: "message", from: "bot", content, files, ...streaming } as const;
      return `b${(await transcript.append(room, key, entry, context)).n}`;
    }
    case "message.edit":
    case "stream.end": {
      const id = messageOf(outgoing);
      const message = /^b\d+$/.test(id) ? await transcript.get(room, Number(id.slice(1)), context) : undefined;
      if (message?.kind !== "message") throw problem("target.gone", `the page has no message ${id} of ours any more`, outgoing);
      const kept = await keepFiles(outgoing, room, backstage, context);
      const files = kept.length > 0 ? { files: kept } : {};
      const final = kind === "stream.end" ? { final: true } : {};
      await transcript.append(room, key, { ...body, kind: "edit", id, content, ...files, ...final }, context);
      hub.settle(room, id);
      return id;
    }
    case "stream.append": {
      const id = messageOf(outgoing);
      if (await transcript.stopped(room, id, context)) throw problem("stream.stopped", "the reader pressed stop", outgoing);
      hub.show(room, { kind: "stream", id, content });
      return id;
    }
    case "message.delete": {
      const id = messageOf(outgoing);
      for (const record of await transcript.all(room, context)) {
        if (subjectOf(record) === id && record.kind !== "delete") await transcript.blank(room, record.n, context);
      }
      await transcript.append(room, key, { kind: "delete", id }, context);
      hub.settle(room, id);
      return id;
    }
    case "reaction.add":
    case "reaction.remove": {
      const id = messageOf(outgoing);
      const on = kind === "reaction.add";
      await transcript.append(room, key, { kind: "reaction", id, emoji: String(body["emoji"]), on }, context);
      return id;
    }
    case "typing.start":
      hub.show(room, { kind: "typing" });
      return undefined;
    case "form.open": {
      const entry = { kind: "form", form: body["form"] as Form, trigger: String(body["trigger"]) } as const;
      await transcript.append(room, key, entry, context);
      return undefined;
    }
    default:
      throw problem("operation.unsupported", `the page has no operation ${kind}`, outgoing);
  }
}

/** Blobs of a draft live until it is sent; the room's shelf keeps its own copies for as long as the transcript. */
async function keepFiles(
  outgoing: Outgoing,
  room: string,
  { shelf }: Backstage,
  context: AdapterContext,
): Promise<readonly WebFile[]> {
  const keep = async (attachment: Attachment, index: number): Promise<WebFile> => {
    const { source, ...shown } = attachment;
    if (source?.type === "url") return { ...shown, url: source.url };
    if (source?.type !== "stored") return shown;
    const id = hash("sha256", `${outgoing.key}/${index}`).slice(0, 32);
    const known = await shelf.get(room, id, context);
    if (known !== undefined) return fileOf(id, known, attachment);
    const data = await context.blobs.get(source.key);
    if (data === undefined) throw problem("file.refused", "the bytes of an attachment are no longer in the store", outgoing);
    const item = { name: attachment.name ?? "file", mediaType: attachment.mediaType ?? "application/octet-stream" };
    return fileOf(id, await shelf.put(room, id, item, data, context), attachment);
  };
  return Promise.all((outgoing.attachments ?? []).map(keep));
}

function messageOf(outgoing: Outgoing): string {
  if (outgoing.messageId !== undefined) return outgoing.messageId;
  throw problem("operation.rejected", `${outgoing.kind} names no message`, outgoing);
}

function problem(code: ErrorCode, text: string, { to }: Outgoing): GatewayError {
  return new GatewayError(code, `web: ${text}.`, { platform: "web", account: to.account });
}

import { hash } from "node:crypto";
import type { AdapterContext, Outgoing, Receipt, Sender } from "@devflow/gateway/contract";
import { GatewayError, type JsonObject } from "@devflow/gateway/kit";
import { requirePlain, roomOf, type Crew } from "./client/index.ts";
import { errcodeOf, readError } from "./errors.ts";
import { eventId, matrixTo, object, objects, string, type MatrixBody, type MatrixStep, type Upload } from "./wire/index.ts";

/** How long people see that we type; the core says it again before that. */
const typingMs = 30_000;
/** How long an upload is remembered, for a retry of its message. */
const uploadTtlMs = 86_400_000;
/** Pages of reactions to look for ours in, of 100 each. */
const mostPages = 20;

/** One operation on its way. */
interface Job {
  readonly crew: Crew;
  readonly outgoing: Outgoing;
  readonly room: string;
  readonly context: AdapterContext;
}

/** Makes the sender. The key of an operation is its transaction id: a homeserver makes one event of all attempts. */
export function sender(crew: Crew): Sender {
  return {
    async send(outgoing, context) {
      // Written by our own formatter, and read back from the outbox as JSON.
      const body = outgoing.body as unknown as MatrixBody;
      const room = await roomOf(crew, outgoing.to, context);
      const job: Job = { crew, outgoing, room, context };
      if (body.action === "typing") return await typing(job);
      if (body.action === "send") return await post(job, body);
      const about = outgoing.messageId;
      if (about === undefined || eventId(about) === undefined) {
        const text = `matrix: ${outgoing.to.account}, ${outgoing.kind}: the message id is none of Matrix's. Use the id of a receipt or an event.`;
        throw new GatewayError("target.gone", text, { platform: "matrix", account: outgoing.to.account });
      }
      if (body.action === "redact") return receipt(job, await redact(job, about, 0), about);
      if (body.action === "edit") return await edit(job, body, about);
      return body.action === "react" ? await react(job, about, body.emoji ?? "") : await unreact(job, about, body.emoji ?? "");
    },
  };
}

async function post(job: Job, { events = [] }: MatrixBody): Promise<Receipt> {
  await requirePlain(job.crew, job.outgoing.to.account, job.room, job.context);
  let first: JsonObject | undefined;
  for (const [index, event] of events.entries()) {
    const made = await put(job, event.type, await filled(job, event), index);
    first ??= made;
  }
  return receipt(job, first ?? {}, string(first?.event_id));
}

/** The target is the original, whatever edits there were; the relation of the original stays. */
async function edit(job: Job, { events: [event] = [] }: MatrixBody, about: string): Promise<Receipt> {
  await requirePlain(job.crew, job.outgoing.to.account, job.room, job.context);
  if (!event) return receipt(job, {}, about);
  const content = await filled(job, event);
  const raw = await put(job, event.type, { ...content, "m.relates_to": { rel_type: "m.replace", event_id: about } }, 0);
  return receipt(job, raw, about);
}

async function react(job: Job, about: string, key: string): Promise<Receipt> {
  try {
    const content = { "m.relates_to": { rel_type: "m.annotation", event_id: about, key } };
    return receipt(job, await request(job, "PUT", `send/m.reaction/${txnId(job, 0)}`, "react", content), about);
  } catch (error) {
    if (errcodeOf(error) === "M_DUPLICATE_ANNOTATION") return receipt(job, {}, about);
    throw readError(error, { account: job.outgoing.to.account, what: "react" });
  }
}

/** A reaction is taken back by redacting its event, which the homeserver knows. */
async function unreact(job: Job, about: string, key: string): Promise<Receipt> {
  const { crew, outgoing, room, context } = job;
  const { account } = outgoing.to;
  let from: string | undefined;
  let count = 0;
  for (let pages = 0; pages < mostPages && count === 0; pages++) {
    const path = `/client/v1/rooms/${encodeURIComponent(room)}/relations/${encodeURIComponent(about)}/m.annotation/m.reaction`;
    const query = { limit: "100", ...(from === undefined ? {} : { from }) };
    const page = object(await crew.call(account, { method: "GET", path, what: "relations", query }, context));
    for (const one of objects(page.chunk)) {
      const reaction = eventId(one.event_id);
      if (reaction === undefined || one.sender !== account || object(object(one.content)["m.relates_to"]).key !== key) continue;
      await redact(job, reaction, count++);
    }
    from = string(page.next_batch);
    if (from === undefined) break;
  }
  return receipt(job, {}, about);
}

async function redact(job: Job, about: string, index: number): Promise<JsonObject> {
  return await request(job, "PUT", `redact/${encodeURIComponent(about)}/${txnId(job, index)}`, "redact", {}).catch(
    (error: unknown) => {
      throw readError(error, { account: job.outgoing.to.account, what: "redact" });
    },
  );
}

async function typing(job: Job): Promise<Receipt> {
  const { account } = job.outgoing.to;
  const path = `typing/${encodeURIComponent(account)}`;
  await request(job, "PUT", path, "typing", { typing: true, timeout: typingMs }).catch((error: unknown) => {
    throw readError(error, { account, what: "typing" });
  });
  return receipt(job, {}, undefined);
}

async function put(job: Job, type: string, content: JsonObject, index: number): Promise<JsonObject> {
  const path = `send/${encodeURIComponent(type)}/${txnId(job, index)}`;
  return await request(job, "PUT", path, "send", content).catch((error: unknown) => {
    throw readError(error, { account: job.outgoing.to.account, what: "send" });
  });
}

async function request(
  { crew, outgoing, room, context }: Job,
  method: "PUT",
  path: string,
  what: string,
  body: object,
): Promise<JsonObject> {
  const full = `/client/v3/rooms/${encodeURIComponent(room)}/${path}`;
  return object(await crew.request(outgoing.to.account, { method, path: full, what, body }, context));
}

/** The same on every attempt. Keys may hold what a path may not. */
function txnId({ outgoing }: Job, index: number): string {
  return hash("sha256", `${outgoing.key}/${index}`, "base64url");
}

async function filled(job: Job, { content, upload }: MatrixStep): Promise<JsonObject> {
  if (!upload) return content;
  const url = await uploaded(job, upload);
  const fresh = object(content["m.new_content"]);
  return { ...content, url, ...("m.new_content" in content ? { "m.new_content": { ...fresh, url } } : {}) };
}

/** Uploads make a new file each time, so the address of the first is remembered. */
async function uploaded({ crew, outgoing, context }: Job, { stored, name, mediaType }: Upload): Promise<string> {
  const { account } = outgoing.to;
  const key = `upload/${hash("sha256", JSON.stringify([outgoing.key, stored]), "base64url")}`;
  const known = await context.memory.get<string>(key);
  if (known) return known.value;
  const body = await context.blobs.get(stored);
  if (!body) {
    const text = "matrix: the bytes of an attachment are not in the store any more. Attach them again.";
    throw new GatewayError("content.rejected", text, { platform: "matrix", account });
  }
  const headers = { "Content-Type": /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : "application/octet-stream" };
  const call = { method: "POST", path: "/media/v3/upload", what: "upload", query: { filename: name }, body, headers } as const;
  const url = string(object(await crew.call(account, call, context)).content_uri);
  if (url === undefined)
    throw new GatewayError("platform.failed", `matrix: ${account}, upload: no address came back.`, {
      platform: "matrix",
      account,
      retryable: true,
    });
  await context.memory.set(key, url, { ttlMs: uploadTtlMs });
  return url;
}

function receipt({ room, context }: Job, raw: JsonObject, messageId: string | undefined): Receipt {
  const at = context.clock.now();
  return messageId === undefined ? { at } : { at, messageId, url: matrixTo(room, messageId), raw };
}

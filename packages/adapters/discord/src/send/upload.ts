import type { AdapterContext, Attachment, Outgoing } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import type { RawFile } from "discord.js";
import { openFile, openUrl, type Clients } from "../client/index.ts";
import { platform } from "../options.ts";
import { cut, type MessagePayload } from "../wire/index.ts";

/** Files that are fetched before they are sent on may be this large; what a server takes is Discord's to say. */
const maxBytes = 100 * 1024 * 1024;
const describedLimit = 1_024;

/** Files on their way out, with what is said about each of them. */
export interface Loaded {
  readonly raw: readonly RawFile[];
  readonly about: readonly object[];
}

/** Loads the bytes of the attachments, from the store or from where they are. */
export async function loadFiles({ to, attachments = [] }: Outgoing, clients: Clients, context: AdapterContext): Promise<Loaded> {
  const raw: RawFile[] = [];
  const about: object[] = [];
  for (const [n, attachment] of attachments.entries()) {
    const bytes = await bytesOf(attachment, to.account, clients, context);
    const name = attachment.name ?? `file-${n + 1}`;
    const { mediaType, alt } = attachment;
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    raw.push({ name, data, ...(mediaType === undefined ? {} : { contentType: mediaType }) });
    about.push({ id: n, filename: name, ...(alt ? { description: cut(alt, describedLimit) } : {}) });
  }
  return { raw, about };
}

/** The message with its files announced. */
export function attach(message: MessagePayload, { about }: Loaded): MessagePayload {
  return about.length === 0 ? message : { ...message, attachments: about };
}

async function bytesOf(attachment: Attachment, account: string, clients: Clients, context: AdapterContext): Promise<Uint8Array> {
  const { source } = attachment;
  if (source?.type === "remote") return await openFile(attachment, account, maxBytes, clients, context);
  if (source?.type === "url") return await openUrl(source.url, account, maxBytes, context);
  const bytes = source === undefined ? undefined : await context.blobs.get(source.key);
  if (bytes !== undefined) return bytes;
  const said = `discord: application ${account}: an attachment of kind ${attachment.kind} has no bytes, or they are not in the store any more. Attach them again.`;
  throw new GatewayError("content.rejected", said, { platform, account });
}

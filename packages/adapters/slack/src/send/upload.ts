import type { AdapterContext, Attachment, Outgoing, Receipt } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { openFile, type Clients } from "../client/index.ts";
import { httpError } from "../errors.ts";
import { records, text, type SlackCall } from "../wire/index.ts";
import { openRoom } from "./room.ts";

/** Files that are fetched before they are sent on may be this large. */
const maxBytes = 1_000_000_000;

/**
 * Slack's way to send files: ask for an address, put the bytes there, then share them. Sharing goes on after the answer, so
 * there is no message id yet: it comes with the message event.
 */
export async function upload(
  outgoing: Outgoing,
  { method, args }: SlackCall,
  clients: Clients,
  context: AdapterContext,
): Promise<Receipt> {
  const { to, attachments = [] } = outgoing;
  const files: { readonly id: string; readonly title: string }[] = [];
  for (const attachment of attachments) files.push(await put(attachment, to.account, clients, context));
  const channel = await openRoom(to, clients, context);
  const answer = await clients.call(to.account, method, { ...args, channel_id: channel, files }, context);
  const url = text(records(answer["files"])[0]?.["permalink"]);
  return { at: context.clock.now(), ...(url === undefined ? {} : { url }) };
}

async function put(
  attachment: Attachment,
  account: string,
  clients: Clients,
  context: AdapterContext,
): Promise<{ readonly id: string; readonly title: string }> {
  const bytes = await bytesOf(attachment, account, clients, context);
  const name = attachment.name ?? "file";
  const ask = {
    filename: name,
    length: bytes.byteLength,
    ...(attachment.alt === undefined ? {} : { alt_txt: attachment.alt.slice(0, 1_000) }),
  };
  const ticket = await clients.call(account, "files.getUploadURLExternal", ask, context);
  const id = text(ticket["file_id"]) ?? "";
  const where = `slack: uploading a file on account ${account}`;
  let response: Response;
  try {
    // A Buffer over the same memory: `fetch` takes it as it is, whatever kind of array it was.
    const body = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
    const headers = { "content-type": attachment.mediaType ?? "application/octet-stream" };
    response = await context.fetch(text(ticket["upload_url"]) ?? "", {
      method: "POST",
      headers,
      body,
      redirect: "error",
      signal: context.signal,
    });
  } catch (cause) {
    throw new GatewayError("network.failed", `${where} broke off.`, { retryable: true, platform: "slack", account, cause });
  }
  await response.body?.cancel();
  if (!response.ok) throw httpError(response.status, where, { platform: "slack", account });
  return { id, title: name };
}

async function bytesOf(attachment: Attachment, account: string, clients: Clients, context: AdapterContext): Promise<Uint8Array> {
  const { source } = attachment;
  if (source === undefined) {
    throw new GatewayError("content.rejected", `slack: an attachment of kind ${attachment.kind} has nothing to send.`, {
      platform: "slack",
      account,
    });
  }
  if (source.type !== "stored") return await openFile(attachment, account, { maxBytes }, clients, context);
  const bytes = await context.blobs.get(source.key);
  if (bytes !== undefined) return bytes;
  throw new GatewayError("target.gone", "slack: the bytes of an attachment are no longer in the store.", {
    platform: "slack",
    account,
  });
}

import type { Adapter, AdapterContext, Attachment } from "../contract/index.ts";
import { GatewayError } from "../error.ts";

/** Longest attachment that is read into memory unless a handler says otherwise. */
const usualMaxBytes = 25 * 1_048_576;

/**
 * The bytes of an attachment, from the store or from the platform that holds it. A bare `url` is refused: whoever wrote the
 * message chose that address, and following it is a decision for the program.
 */
export async function readAttachment(
  adapter: Adapter,
  account: string,
  attachment: Attachment,
  context: AdapterContext,
  maxBytes: number = usualMaxBytes,
): Promise<Uint8Array> {
  const { platform } = adapter;
  const refuse = (why: string): GatewayError =>
    new GatewayError("file.refused", `${platform}: ${attachment.name ?? attachment.kind} ${why}`, { platform, account });
  const { source, bytes = 0 } = attachment;
  if (source === undefined) throw refuse("has no bytes: it is a place, a contact or something this platform does not hand out.");
  if (source.type === "url")
    throw refuse(`is at ${source.url}, an address of the sender's choice. Fetch it yourself if you trust it.`);
  if (bytes > maxBytes) throw refuse(`has ${bytes} bytes, more than the ${maxBytes} asked for.`);
  if (source.type === "remote") {
    if (!adapter.files) throw refuse("cannot be downloaded: this adapter has no files.");
    return adapter.files.open(attachment, account, { maxBytes }, context);
  }
  const data = await context.blobs.get(source.key);
  if (!data) throw refuse("is not in the store any more.");
  if (data.byteLength > maxBytes) throw refuse(`has ${data.byteLength} bytes, more than the ${maxBytes} asked for.`);
  return data;
}

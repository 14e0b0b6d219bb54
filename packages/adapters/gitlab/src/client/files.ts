import type { AdapterContext, Attachment } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { projectPath, readHandle } from "../wire/index.ts";
import type { Clients } from "./clients.ts";

/**
 * The bytes of an attachment that is in a project's uploads, or in the gateway's store. They come through the API, since the
 * address in a text lets nobody in with a token. Source: GitLab's API "Project uploads", 17.4.
 */
export async function openFile(
  { source, kind }: Attachment,
  account: string,
  maxBytes: number,
  clients: Clients,
  context: AdapterContext,
): Promise<Uint8Array> {
  const common = { platform: "gitlab", account };
  if (source?.type === "stored") {
    const bytes = await context.blobs.get(source.key);
    if (bytes === undefined)
      throw new GatewayError("target.gone", "gitlab: the bytes of an attachment are no longer in the store.", common);
    if (bytes.byteLength <= maxBytes) return bytes;
    throw new GatewayError("file.refused", `gitlab: a file of account ${account} is larger than ${maxBytes} bytes.`, common);
  }
  const upload = source?.type === "remote" ? readHandle(source.handle) : undefined;
  if (upload === undefined) {
    throw new GatewayError("file.refused", `gitlab: an attachment of kind ${kind} has no bytes on GitLab.`, common);
  }
  const path = `${projectPath(upload.project)}/uploads/${upload.secret}/${encodeURIComponent(upload.name)}`;
  return await clients.bytes(account, { path }, maxBytes, context);
}

import type { AdapterContext, Attachment } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { readHandle, record, text } from "../wire/index.ts";
import { download } from "./download.ts";
import type { Clients } from "./clients.ts";

/** Fetches the bytes of an attachment: a file of Slack's with the bot's token, anything else without. */
export async function openFile(
  attachment: Attachment,
  account: string,
  { maxBytes }: { readonly maxBytes: number },
  clients: Clients,
  context: AdapterContext,
): Promise<Uint8Array> {
  const { source, mediaType } = attachment;
  if (source?.type === "url")
    return await download({ url: source.url, account, maxBytes, token: "", trusts: () => false, mediaType }, context);
  if (source?.type !== "remote") {
    throw new GatewayError("file.refused", `slack: an attachment of kind ${attachment.kind} has no bytes on Slack.`, {
      platform: "slack",
      account,
    });
  }
  const token = await clients.token(account, context);
  const handle = readHandle(source.handle);
  const url = handle.url ?? (await addressOf(handle.id, account, clients, context));
  const own = new URL(clients.apiUrl(context)).origin;
  return await download(
    { url, account, maxBytes, token, trusts: (one) => isSlack(one) || one.origin === own, mediaType },
    context,
  );
}

/** Slack's own hosts, over a secure line. */
function isSlack({ protocol, hostname }: URL): boolean {
  return protocol === "https:" && (hostname === "slack.com" || hostname.endsWith(".slack.com"));
}

/** Files from the other side of a shared channel arrive without an address. */
async function addressOf(id: string, account: string, clients: Clients, context: AdapterContext): Promise<string> {
  const answer = await clients.call(account, "files.info", { file: id }, context);
  const file = record(answer["file"]);
  const url = text(file["url_private_download"]) ?? text(file["url_private"]);
  if (url !== undefined) return url;
  throw new GatewayError("target.gone", `slack: file ${id} of account ${account} has no address any more.`, {
    platform: "slack",
    account,
  });
}

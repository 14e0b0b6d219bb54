import type { AdapterContext, Attachment } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import { platform } from "../options.ts";
import { object, objects, text } from "../wire/index.ts";
import type { Clients } from "./clients.ts";

/** Where Discord keeps files. Their addresses are signed and need no token. */
const hosts: ReadonlySet<string> = new Set(["cdn.discordapp.com", "media.discordapp.net"]);

/** Fetches a file of Discord's. An address that has expired, or leads nowhere, is renewed once. Sends no credentials. */
export async function openFile(
  { source }: Attachment,
  account: string,
  maxBytes: number,
  clients: Clients,
  context: AdapterContext,
): Promise<Uint8Array> {
  const handle = source?.type === "remote" ? source.handle : undefined;
  if (handle === undefined || !isOurs(handle, clients, context)) throw refused(account, "this is no file of Discord's");
  const found = await download(handle, account, maxBytes, context, "discord").catch(unlessRefused);
  if (found) return found;
  const body = { attachment_urls: [handle] };
  const call = { method: "POST", path: "/attachments/refresh-urls", body } as const;
  const answer = object(await clients.call(account, call, "renewing the address of a file", context));
  const fresh = text(objects(answer["refreshed_urls"])[0]?.["refreshed"]);
  if (fresh !== undefined && isOurs(fresh, clients, context)) {
    const again = await download(fresh, account, maxBytes, context, "discord");
    if (again) return again;
  }
  throw refused(account, "the file is gone");
}

/** Fetches what anyone can fetch. Whoever wrote the message may have chosen the address. */
export async function openUrl(url: string, account: string, maxBytes: number, context: AdapterContext): Promise<Uint8Array> {
  const found = await download(url, account, maxBytes, context, "public");
  if (found) return found;
  throw refused(account, "the file is gone");
}

function isOurs(url: string, clients: Clients, context: AdapterContext): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, origin } = new URL(url);
  return (protocol === "https:" && hosts.has(host)) || origin === new URL(clients.apiUrl(context)).origin;
}

/** An address that could not be reached may be one that has expired. */
function unlessRefused(error: unknown): undefined {
  if (isGatewayError(error) && error.code === "network.failed") return undefined;
  throw error;
}

/** Undefined for an address that leads nowhere any more. */
async function download(
  url: string,
  account: string,
  maxBytes: number,
  context: AdapterContext,
  where: "discord" | "public",
): Promise<Uint8Array | undefined> {
  try {
    const response = await (where === "public"
      ? context.fetchPublic(url, { signal: context.signal })
      : context.fetch(url, { redirect: "error", signal: context.signal }));
    try {
      if (response.status === 404 || response.status === 403 || response.status === 410) return undefined;
      if (!response.ok) throw failed(account, response.status);
      if (Number(response.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(account, maxBytes);
      return await read(response, account, maxBytes);
    } finally {
      await response.body?.cancel().catch(() => undefined);
    }
  } catch (error) {
    if (isGatewayError(error)) throw error;
    const said = `discord: application ${account} could not download a file. It may be tried again.`;
    throw new GatewayError("network.failed", said, { platform, account, retryable: true });
  }
}

/** Stops as soon as there is too much, whatever the header says. */
async function read(response: Response, account: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(account, maxBytes);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function failed(account: string, status: number): GatewayError {
  const said = `discord: application ${account}: the download was answered ${status}.`;
  return new GatewayError("file.refused", said, { platform, account, retryable: status >= 500 || status === 429 });
}

function tooLarge(account: string, maxBytes: number): GatewayError {
  return refused(account, `the file is larger than ${maxBytes} bytes; ask for more with \`maxBytes\``);
}

function refused(account: string, what: string): GatewayError {
  return new GatewayError("file.refused", `discord: application ${account}: ${what}.`, { platform, account });
}

import type { AdapterContext, Attachment } from "@devflow/gateway/contract";
import { GatewayError, safeUrl } from "@devflow/gateway/kit";
import { asGatewayError, refusal } from "../errors.ts";
import { addressesOf } from "../options.ts";
import { pathOf, record, text } from "../wire/index.ts";
import type { Clients } from "./clients.ts";

/** Fetches the bytes of an attachment: Jira's with our credentials, anything else without. */
export async function openFile(
  attachment: Attachment,
  account: string,
  { maxBytes }: { readonly maxBytes: number },
  clients: Clients,
  context: AdapterContext,
): Promise<Uint8Array> {
  const { source, kind } = attachment;
  if (source?.type === "url") return await readAll(await fetchPlain(source.url, account, context), account, maxBytes);
  if (source?.type !== "remote" || !/^\d{1,19}$/.test(source.handle)) {
    throw refusal("file.refused", account, `an attachment of kind ${kind} has no bytes in Jira`);
  }
  const path = await contentPath(source.handle, account, clients, context);
  return await readAll(await clients.download(account, path, context), account, maxBytes);
}

/** Cloud has an address by id. Data Center says the address, which must be its own: it gets our credentials. */
async function contentPath(id: string, account: string, clients: Clients, context: AdapterContext): Promise<string> {
  const settings = clients.settings(account);
  if (settings.deployment === "cloud") return pathOf`/rest/api/3/attachment/content/${id}`;
  const url = text(record(await clients.call(account, { method: "GET", path: pathOf`/attachment/${id}` }, context))["content"]);
  const { base } = addressesOf(settings, context);
  if (url?.startsWith(`${base}/`) === true) return url.slice(base.length);
  throw refusal("file.refused", account, "Jira keeps a file elsewhere than at `apiUrl`, where our credentials do not go");
}

async function fetchPlain(url: string, account: string, context: AdapterContext): Promise<Response> {
  const safe = safeUrl(url, ["https", "http"]);
  if (safe === undefined) throw refusal("file.refused", account, "a file has no address that can be fetched");
  let response: Response;
  try {
    response = await context.fetchPublic(safe, { signal: context.signal });
  } catch (thrown) {
    throw asGatewayError(thrown, { account, call: { method: "GET", path: "/file" }, now: context.clock.now() });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const again = response.status === 429 || response.status >= 500;
  throw new GatewayError(again ? "network.failed" : "file.refused", `jira: a file was answered with ${response.status}.`, {
    platform: "jira",
    account,
    retryable: again,
  });
}

async function readAll(response: Response, account: string, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): GatewayError => refusal("file.refused", account, `a file is larger than ${maxBytes} bytes`);
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
    await response.body?.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

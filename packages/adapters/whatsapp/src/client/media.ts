import { hash } from "node:crypto";
import type { AdapterContext } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import { unreachable } from "../errors.ts";
import { platform } from "../options.ts";
import { id, number, text } from "../wire/index.ts";
import type { Numbers } from "./numbers.ts";

/** Where Meta keeps files, subdomains included. */
const mediaHosts = ["fbsbx.com", "fbcdn.net", "whatsapp.net", "facebook.com"];
const redirects = 3;

/** Downloads a file that a number received, in Meta's two steps: its address, which lives five minutes, and its bytes. */
export async function downloadMedia(
  numbers: Numbers,
  account: string,
  media: string,
  maxBytes: number,
  context: AdapterContext,
): Promise<Uint8Array> {
  const request = { path: `${encodeURIComponent(media)}?phone_number_id=${account}`, what: "the address of a file" };
  const found = await numbers.call(account, request, context);
  if ((number(found.file_size) ?? 0) > maxBytes) throw tooLarge(account, maxBytes);
  const address = text(found.url);
  if (address === undefined || !URL.canParse(address)) throw refused(account, "Meta gave no address for the file");
  const bytes = await follow(numbers, account, new URL(address), maxBytes, context);
  const sum = text(found.sha256);
  if (sum !== undefined && !matches(sum, bytes))
    throw refused(account, "the file does not fit its checksum; it may be tried again", true);
  return bytes;
}

/** Uploads bytes and gives their media id, which the number can use for 30 days. */
export async function uploadMedia(
  numbers: Numbers,
  account: string,
  file: { readonly bytes: Uint8Array; readonly name?: string; readonly mediaType?: string },
  context: AdapterContext,
): Promise<string> {
  const { bytes, name = "file", mediaType = "application/octet-stream" } = file;
  const form = new FormData();
  form.set("messaging_product", "whatsapp");
  form.set("type", mediaType);
  form.set("file", new Blob([new Uint8Array(bytes)], { type: mediaType }), name);
  const media = id((await numbers.call(account, { path: `${account}/media`, what: "the upload of a file", form }, context)).id);
  if (media !== undefined) return media;
  throw new GatewayError(
    "platform.failed",
    `whatsapp: number ${account}: Meta took a file and named no id. It will be tried again.`,
    {
      platform,
      account,
      retryable: true,
    },
  );
}

async function follow(
  numbers: Numbers,
  account: string,
  first: URL,
  maxBytes: number,
  context: AdapterContext,
): Promise<Uint8Array> {
  const own = new URL(numbers.apiUrl(context)).origin;
  let url = first;
  try {
    for (let step = 0; step <= redirects; step++) {
      if (!trusted(url, own))
        throw refused(account, `the file is on ${url.host}, which is not Meta's, and the token must not go there`);
      const response = await numbers.fetch(account, url, context);
      try {
        const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
        if (location === null) return await read(response, account, maxBytes);
        if (!URL.canParse(location, url.href)) throw refused(account, "the download was redirected to no address");
        url = new URL(location, url);
      } finally {
        await response.body?.cancel().catch(() => undefined);
      }
    }
  } catch (thrown) {
    throw isGatewayError(thrown) ? thrown : unreachable(thrown, { account, what: "a file" });
  }
  throw refused(account, "the download was redirected too often");
}

function trusted(url: URL, own: string): boolean {
  if (url.origin === own) return true;
  return url.protocol === "https:" && mediaHosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
}

/** Stops as soon as there is too much, whatever the header says. */
async function read(response: Response, account: string, maxBytes: number): Promise<Uint8Array> {
  const { status } = response;
  if (!response.ok) {
    const passing = status >= 500 || status === 429;
    throw refused(account, `the download was answered ${status}; files are kept for a few days`, passing);
  }
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(account, maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(account, maxBytes);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Meta writes checksums in hex at one place and in base64 at another; what has neither form is none. */
function matches(sum: string, bytes: Uint8Array): boolean {
  if (/^[\da-f]{64}$/i.test(sum)) return hash("sha256", bytes, "hex") === sum.toLowerCase();
  return !/^[\w+/-]{43}=?$/.test(sum) || hash("sha256", bytes, "base64url") === Buffer.from(sum, "base64").toString("base64url");
}

function tooLarge(account: string, maxBytes: number): GatewayError {
  return refused(account, `the file is larger than ${maxBytes} bytes; ask for more with \`maxBytes\``);
}

function refused(account: string, what: string, retryable = false): GatewayError {
  return new GatewayError("file.refused", `whatsapp: number ${account}: ${what}.`, { platform, account, retryable });
}

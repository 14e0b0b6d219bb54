import type { AdapterContext, Files } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import type { Crew } from "./client/index.ts";
import { readHandle } from "./wire/handle.ts";
import { readMxc } from "./wire/index.ts";

/** Makes the role that downloads. The token goes to the homeserver alone, never to where it redirects. */
export function files(crew: Crew): Files {
  return {
    async open({ source }, account, { maxBytes }, context) {
      const media = source?.type === "remote" ? readMxc(readHandle(source.handle)) : undefined;
      if (!media) throw refused(account, "this is no file on a homeserver");
      const { server, id } = media;
      const client = await crew.client(account, context);
      const url = `${client.getHomeserverUrl()}/_matrix/client/v1/media/download/${encodeURIComponent(server)}/${id}`;
      const headers = { authorization: `Bearer ${client.getAccessToken() ?? ""}` };
      const signal = context.signal;
      try {
        const first = await context.fetch(url, { headers, redirect: "manual", signal });
        const response = isRedirect(first) ? await follow(first, url, account, context) : first;
        try {
          accept(response, account, maxBytes);
          return await read(response, account, maxBytes);
        } finally {
          await response.body?.cancel().catch(() => undefined);
        }
      } catch (error) {
        throw isGatewayError(error) ? error : unreachable(account);
      }
    },
  };
}

function isRedirect({ status }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** A homeserver may keep its files elsewhere: one step, and without credentials. */
async function follow(response: Response, from: string, account: string, context: AdapterContext): Promise<Response> {
  await response.body?.cancel().catch(() => undefined);
  const location = response.headers.get("location") ?? "";
  if (!URL.canParse(location, from)) throw refused(account, "the homeserver redirects to nowhere");
  const target = new URL(location, from);
  const secure = target.protocol === "https:" || new URL(from).protocol === "http:";
  if (!/^https?:$/.test(target.protocol) || !secure)
    throw refused(account, "the homeserver redirects to an address that is not https");
  return await context.fetch(target, { redirect: "error", signal: context.signal });
}

function accept(response: Response, account: string, maxBytes: number): void {
  const { status } = response;
  if (status === 404) throw refused(account, "the homeserver does not have the file any more");
  if (!response.ok) {
    const said = `matrix: ${account}: the download was answered ${status}. ${status === 401 ? "Log the bot in again." : "It may be tried again."}`;
    throw new GatewayError("file.refused", said, { platform: "matrix", account, retryable: status >= 500 || status === 429 });
  }
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(account, maxBytes);
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

function unreachable(account: string): GatewayError {
  const text = `matrix: ${account} could not download a file. It may be tried again.`;
  return new GatewayError("network.failed", text, { platform: "matrix", account, retryable: true });
}

function tooLarge(account: string, maxBytes: number): GatewayError {
  return refused(account, `the file is larger than ${maxBytes} bytes; ask for more with \`maxBytes\``);
}

function refused(account: string, what: string): GatewayError {
  return new GatewayError("file.refused", `matrix: ${account}: ${what}.`, { platform: "matrix", account });
}

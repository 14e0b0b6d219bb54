import type { AdapterContext, Files } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import type { Bots } from "./client.ts";
import { number, object, readHandle, string } from "./wire/index.ts";

/** Makes the role that downloads. The address of a file contains the token: it is used here and shown to nobody. */
export function files(bots: Bots): Files {
  return {
    async open({ source }, account, { maxBytes }, context) {
      const handle = source?.type === "remote" ? readHandle(source.handle) : undefined;
      if (handle?.account !== account)
        throw refused(account, "this is no file of this bot's; file ids work only for the bot that received them");
      const file = object(
        await bots.call(account, { method: "getFile", params: { file_id: handle.fileId } }, context).catch(explain(account)),
      );
      if ((number(file.file_size) ?? 0) > maxBytes) throw tooLarge(account, maxBytes);
      const path = string(file.file_path);
      if (path === undefined) throw refused(account, "Telegram gave no address for the file; ask again later");
      return download(bots, account, path, maxBytes, context);
    },
  };
}

/** Telegram's word for a file above its limit is a refusal of the call. */
function explain(account: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && /file is too big/i.test(error.message)) {
      throw refused(account, "bots can download 20 MB; a local Bot API server has no limit");
    }
    throw error;
  };
}

async function download(
  bots: Bots,
  account: string,
  path: string,
  maxBytes: number,
  context: AdapterContext,
): Promise<Uint8Array> {
  if (path.startsWith("/"))
    throw refused(account, "the local Bot API server keeps files on its own disk; start it without --local to download them");
  const token = (await bots.token(account, context)).expose();
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  if (path.split("/").includes("..")) throw refused(account, "Telegram gave an odd address for the file");
  try {
    const url = `${bots.apiUrl(context)}/file/bot${token}/${encoded}`;
    const response = await context.fetch(url, { redirect: "manual", signal: context.signal });
    try {
      accept(response, account, maxBytes);
      return await read(response, account, maxBytes);
    } finally {
      await response.body?.cancel().catch(() => undefined);
    }
  } catch (error) {
    // What fetch throws may quote the address.
    throw isGatewayError(error) ? error : unreachable(account);
  }
}

function accept(response: Response, account: string, maxBytes: number): void {
  const { status } = response;
  if (status >= 300 && status < 400) throw refused(account, "the download was redirected, and the token must not go elsewhere");
  if (!response.ok) {
    const said = `telegram: bot ${account}: the download was answered ${status}. The file may be gone; addresses live an hour.`;
    throw new GatewayError("file.refused", said, { platform: "telegram", account, retryable: status >= 500 || status === 429 });
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
  return new GatewayError("network.failed", `telegram: bot ${account} could not download a file. It may be tried again.`, {
    platform: "telegram",
    account,
    retryable: true,
  });
}

function tooLarge(account: string, maxBytes: number): GatewayError {
  return refused(account, `the file is larger than ${maxBytes} bytes; ask for more with \`maxBytes\``);
}

function refused(account: string, what: string): GatewayError {
  return new GatewayError("file.refused", `telegram: bot ${account}: ${what}.`, { platform: "telegram", account });
}

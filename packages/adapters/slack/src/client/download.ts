import type { AdapterContext } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";

/** What to fetch, and who is asking. */
interface Download {
  readonly url: string;
  readonly account: string;
  readonly maxBytes: number;
  /** Sent to the hosts that `trusts` accepts, and to no other. */
  readonly token: string;
  readonly trusts: (url: URL) => boolean;
  /** Media type that Slack announced. */
  readonly mediaType?: string | undefined;
}

const redirects = 3;

/** Fetches a file. The token stays with Slack's own hosts, whatever a redirect says; a login page is no file. */
export async function download(wanted: Download, context: AdapterContext): Promise<Uint8Array> {
  let url = parse(wanted, wanted.url);
  for (let step = 0; step <= redirects; step++) {
    const response = await reach(wanted, url, context);
    const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (location === null) return await read(wanted, response);
    await response.body?.cancel();
    url = parse(wanted, new URL(location, url).href);
  }
  throw refused(wanted, "was redirected too often");
}

async function reach(wanted: Download, url: URL, context: AdapterContext): Promise<Response> {
  const { signal } = context;
  try {
    if (!wanted.trusts(url)) return await context.fetchPublic(url, { signal });
    return await context.fetch(url, { redirect: "manual", signal, headers: { authorization: `Bearer ${wanted.token}` } });
  } catch (cause) {
    if (isGatewayError(cause)) throw cause;
    const said = `slack: a file of account ${wanted.account} could not be fetched from ${url.host}.`;
    throw new GatewayError("network.failed", said, { retryable: true, platform: "slack", account: wanted.account, cause });
  }
}

async function read(wanted: Download, response: Response): Promise<Uint8Array> {
  if (!response.ok) {
    await response.body?.cancel();
    const again = response.status === 429 || response.status >= 500;
    const code = again ? "platform.failed" : response.status === 404 || response.status === 410 ? "target.gone" : "file.refused";
    throw new GatewayError(code, `slack: a file of account ${wanted.account} was answered with HTTP ${response.status}.`, {
      retryable: again,
      platform: "slack",
      account: wanted.account,
    });
  }
  const page = response.headers.get("content-type")?.startsWith("text/html") === true;
  if (page && wanted.mediaType !== "text/html") {
    await response.body?.cancel();
    throw refused(wanted, "is behind Slack's login page: the bot token lacks the scope files:read, or is not of this workspace");
  }
  if (Number(response.headers.get("content-length") ?? 0) > wanted.maxBytes) {
    await response.body?.cancel();
    throw refused(wanted, `is larger than ${wanted.maxBytes} bytes`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > wanted.maxBytes) throw refused(wanted, `is larger than ${wanted.maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(wanted: Download, url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && (parsed.protocol === "https:" || wanted.trusts(parsed))) return parsed;
  throw refused(wanted, "has no secure address");
}

function refused(wanted: Download, why: string): GatewayError {
  return new GatewayError("file.refused", `slack: a file of account ${wanted.account} ${why}.`, {
    platform: "slack",
    account: wanted.account,
  });
}

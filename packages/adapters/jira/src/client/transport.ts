import type { AdapterContext } from "@devflow/gateway/contract";
import type { SendRequestOptions } from "jira.js/core";
import { asGatewayError, httpError, refusal, type FailedCall } from "../errors.ts";

/** One request as `fetch` takes it. */
export interface Request {
  /** Full address, query included. */
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request may take this long. */
const timeoutMs = 30_000;

/**
 * Sends one request, once, and gives the answer when it is a good one. jira.js's own way has no timeout, no signal and loses the
 * headers that say which limit was reached.
 */
export async function send(
  { url, method, headers, body }: Request,
  failed: Omit<FailedCall, "now">,
  context: AdapterContext,
  redirect: "manual" | "follow" = "manual",
): Promise<Response> {
  const late = new AbortController();
  const cancel = context.clock.after(timeoutMs, () => late.abort());
  try {
    const response = await context.fetch(url, {
      method,
      redirect,
      signal: AbortSignal.any([context.signal, late.signal]),
      ...withBody(headers, method, body),
    });
    if (response.ok) return response;
    const answer = { status: response.status, header: (name: string) => response.headers.get(name) ?? undefined };
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw refusal(
        "operation.rejected",
        failed.account,
        "Jira sends us to another address: set `apiUrl` to the one that it has",
      );
    }
    throw httpError({ ...answer, body: await response.text() }, { ...failed, now: context.clock.now() });
  } catch (thrown) {
    throw asGatewayError(thrown, { ...failed, now: context.clock.now() });
  } finally {
    cancel();
  }
}

function withBody(headers: Request["headers"], method: string, body: unknown): RequestInit {
  if (body instanceof FormData || body instanceof Blob || body instanceof ReadableStream || body instanceof Uint8Array) {
    // The streams of jira.js's uploads need to be told to be streams.
    return { headers, body: body as NonNullable<RequestInit["body"]>, ...(body instanceof ReadableStream && { duplex: "half" }) };
  }
  if (body === undefined || body === null) {
    return { headers: method === "GET" ? headers : { ...headers, "content-type": "application/json" } };
  }
  return { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** The JSON of an answer; undefined when there is none. A page instead of it is a login page: `auth.failed`. */
export async function jsonOf(response: Response, account: string): Promise<unknown> {
  const words = await response.text();
  if (words === "") return undefined;
  try {
    return JSON.parse(words) as unknown;
  } catch {
    throw refusal(
      "auth.failed",
      account,
      "Jira answers with a page instead of JSON: check `apiUrl`, and what stands before Jira",
    );
  }
}

/** The address of a request, whatever jira.js was given for a path parameter: it does not encode them. Throws `options.invalid`. */
export function addressOf(base: string, path: string, query: SendRequestOptions["searchParams"], account: string): string {
  if (/(?:^|\/)\.{1,2}(?:\/|$)|[?#\\]/.test(path)) throw refusal("options.invalid", account, "a path holds an id that is none");
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) params.append(name, spelled(one));
  }
  const words = params.toString();
  return `${base}${path.startsWith("/") ? "" : "/"}${path}${words === "" ? "" : `?${words}`}`;
}

function spelled(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
